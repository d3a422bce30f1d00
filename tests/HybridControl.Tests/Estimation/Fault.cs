using HybridControl.Estimation;

namespace HybridControl.Tests.Estimation;

/// <summary>What a model of the user can do wrong.</summary>
public enum Fault
{
    /// <summary>Its values are NaN.</summary>
    Value,

    /// <summary>Its values are infinite.</summary>
    Infinite,

    /// <summary>Jacobian and values are NaN.</summary>
    Jacobian,

    /// <summary>Its noise is NaN.</summary>
    Noise,
}

/// <summary>A good transition until a fault is set.</summary>
internal sealed class FaultyTransition(TransitionModel model) : TransitionModel(model.StateNames, model.InputCount, model.NoiseCount)
{
    public Fault? Fault { get; set; }

    public override bool IsLinear => true;

    public override bool Propagate(double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> next)
    {
        model.Propagate(from, to, x, input, next);
        Spoil.Values(Fault, next);
        return true;
    }

    public override bool Linearize(
        double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> next, Span<double> jacobian, Span<double> noise)
    {
        model.Linearize(from, to, x, input, next, jacobian, noise);
        Spoil.Values(Fault, next);
        Spoil.Jacobian(Fault, jacobian);
        Spoil.Noise(Fault, noise);
        return true;
    }

    public override bool Noise(double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> noise)
    {
        model.Noise(from, to, x, input, noise);
        Spoil.Noise(Fault, noise);
        return true;
    }
}

/// <summary>A good sensor until a fault is set.</summary>
internal sealed class FaultySensor(MeasurementModel model) : MeasurementModel(model.Names, model.StateCount)
{
    public Fault? Fault { get; set; }

    public override bool IsLinear => true;

    public override void Predict(double time, ReadOnlySpan<double> x, Span<double> z)
    {
        model.Predict(time, x, z);
        Spoil.Values(Fault, z);
    }

    public override void Linearize(double time, ReadOnlySpan<double> x, Span<double> z, Span<double> jacobian)
    {
        model.Linearize(time, x, z, jacobian);
        Spoil.Values(Fault, z);
        Spoil.Jacobian(Fault, jacobian);
    }

    public override void Noise(double time, ReadOnlySpan<double> x, Span<double> factor)
    {
        model.Noise(time, x, factor);
        Spoil.Noise(Fault, factor);
    }
}

internal static class Spoil
{
    public static void Values(Fault? fault, Span<double> values)
    {
        if (fault is Fault.Value or Fault.Jacobian)
        {
            values[^1] = double.NaN;
        }
        else if (fault == Fault.Infinite)
        {
            values[0] = double.PositiveInfinity;
        }
    }

    public static void Jacobian(Fault? fault, Span<double> jacobian)
    {
        if (fault == Fault.Jacobian)
        {
            jacobian.Fill(double.NaN);
        }
    }

    public static void Noise(Fault? fault, Span<double> noise)
    {
        if (fault == Fault.Noise)
        {
            noise.Fill(double.NaN);
        }
    }
}
