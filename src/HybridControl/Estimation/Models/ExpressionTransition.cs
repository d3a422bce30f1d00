using System.Runtime.InteropServices;
using HybridControl.Diagnostics;
using HybridControl.Simulation;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Estimation;

/// <summary>A model in discrete time written as expressions; its Jacobian is exact.</summary>
/// <remarks>One prediction is one step of length to - from. One thread at a time.</remarks>
/// <example><code>
/// var pendulum = ExpressionTransition.Build(m =>
/// {
///     var (angle, rate) = (m.State("angle"), m.State("rate"));
///     m.Next(angle, angle + (m.Step * rate));
///     m.Next(rate, rate - (m.Step * 9.81 * Expr.Sin(angle)));
///     m.Noise(new[,] { { 1e-6, 0.0 }, { 0.0, 1e-3 } });
/// });
/// </code></example>
public sealed class ExpressionTransition : TransitionModel
{
    /// <summary>Name of the variable that holds the length of a step.</summary>
    internal const string StepName = "#step";

    private readonly VectorFunction _value;
    private readonly VectorFunction _jacobian;
    private readonly VectorFunction _noise;
    private readonly double[] _data;
    private readonly Lazy<LaneVectorFunction> _lanes;
    private double[] _results = [];

    private ExpressionTransition(DiscreteModelBuilder builder, Expr[,] noise, StateGeometry? geometry)
        : base(builder.States, builder.Inputs.Count, noise.GetLength(1))
    {
        if (geometry is not null)
        {
            Geometry = geometry;
        }

        var slots = new SlotMap();
        foreach (string state in builder.States)
        {
            slots.Add(VariableKind.State, state);
        }

        slots.Add(VariableKind.Parameter, StepName);
        foreach (string input in builder.Inputs)
        {
            slots.Add(VariableKind.Input, input);
        }

        Expr[] next = builder.NextValues;
        Expr[,] jacobian = Differentiator.Jacobian(next, [.. builder.States.Select(name => Expr.Variable(VariableKind.State, name))]);
        IsLinear = !ExpressionVariables.Of(jacobian.Cast<Expr>()).Any(variable => variable.Kind == VariableKind.State);
        CanDivideSteps = UsesStep(next) && (noise.Length == 0 || UsesStep(noise.Cast<Expr>()));
        VectorFunction[] functions = VectorFunctions.Compile(
            "transition", slots, next, [.. jacobian.Cast<Expr>()], [.. noise.Cast<Expr>()]);
        (_value, _jacobian, _noise) = (functions[0], functions[1], functions[2]);
        _data = new double[slots.DataCount];
        HasConstantNoise = !ExpressionVariables.Of(noise.Cast<Expr>()).Any(variable => variable.Kind == VariableKind.State);
        _lanes = new(() => LaneVectorFunctions.Compile("transition", slots, next)[0]);
    }

    /// <inheritdoc/>
    public override bool IsLinear { get; }

    /// <inheritdoc/>
    /// <remarks>True if both the step and its noise are expressions of the length of the step.</remarks>
    public override bool CanDivideSteps { get; }

    /// <inheritdoc/>
    public override bool HasConstantNoise { get; }

    /// <summary>Describes a model.</summary>
    /// <param name="build">Declares states, inputs, what follows from them, and noise.</param>
    /// <param name="geometry">How states are subtracted and averaged; plain vectors if omitted.</param>
    /// <exception cref="ModelException">The model has errors; the exception carries all of them.</exception>
    public static ExpressionTransition Build(Action<DiscreteModelBuilder> build, StateGeometry? geometry = null)
    {
        ArgumentNullException.ThrowIfNull(build);
        var builder = new DiscreteModelBuilder();
        build(builder);
        builder.ThrowIfInvalid();
        return new ExpressionTransition(builder, builder.NoiseExpressions(), geometry);
    }

    /// <inheritdoc/>
    public override bool Propagate(double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> next)
    {
        ref double data = ref Load(from, to, input);
        _value(from, ref MemoryMarshal.GetReference(x), ref data, ref MemoryMarshal.GetReference(next));
        return true;
    }

    /// <inheritdoc/>
    public override bool Linearize(
        double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> next, Span<double> jacobian, Span<double> noise)
    {
        ref double data = ref Load(from, to, input);
        ref double state = ref MemoryMarshal.GetReference(x);
        _value(from, ref state, ref data, ref MemoryMarshal.GetReference(next));
        _jacobian(from, ref state, ref data, ref MemoryMarshal.GetReference(jacobian));
        _noise(from, ref state, ref data, ref MemoryMarshal.GetReference(noise));
        return true;
    }

    /// <inheritdoc/>
    public override bool Noise(double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> noise)
    {
        _noise(from, ref MemoryMarshal.GetReference(x), ref Load(from, to, input), ref MemoryMarshal.GetReference(noise));
        return true;
    }

    /// <inheritdoc/>
    internal override void Move(double from, double to, StateEnsemble members, ReadOnlySpan<double> input)
    {
        Span<double> values = members.Values;
        if (_results.Length < values.Length)
        {
            _results = new double[values.Length];
        }

        _lanes.Value(
            from, ref MemoryMarshal.GetReference(values), ref Load(from, to, input), ref MemoryMarshal.GetArrayDataReference(_results),
            members.Stride, members.Count);
        _results.AsSpan(0, values.Length).CopyTo(values);
    }

    private static bool UsesStep(IEnumerable<Expr> expressions) =>
        ExpressionVariables.Of(expressions).Any(variable => variable.Name == StepName);

    private ref double Load(double from, double to, ReadOnlySpan<double> input)
    {
        _data[0] = to - from;
        input.CopyTo(_data.AsSpan(1));
        return ref _data[0];
    }
}
