using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>A transition whose sources of noise have another covariance than one: x+ = f(x) + G omega, omega ~ N(0, A A').</summary>
/// <remarks>The factor may change between predictions.</remarks>
internal sealed class TransitionWithNoise : TransitionModel
{
    private readonly TransitionModel _transition;
    private readonly double[] _factor;
    private readonly double[] _loading;

    /// <summary>Creates a transition.</summary>
    /// <param name="transition">How states move, and where noise comes in.</param>
    /// <param name="factor">A, q by q, lower triangular; kept, not copied.</param>
    public TransitionWithNoise(TransitionModel transition, double[] factor)
        : base(transition.StateNames, transition.InputCount, transition.NoiseCount)
    {
        (_transition, _factor) = (transition, factor);
        _loading = new double[StateCount * NoiseCount];
        Geometry = transition.Geometry;
    }

    /// <inheritdoc/>
    public override bool IsLinear => _transition.IsLinear;

    /// <inheritdoc/>
    public override bool CanDivideSteps => _transition.CanDivideSteps;

    /// <inheritdoc/>
    public override bool HasConstantNoise => _transition.HasConstantNoise;

    /// <inheritdoc/>
    public override EstimationStatus Failure => _transition.Failure;

    /// <inheritdoc/>
    public override bool Propagate(double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> next) =>
        _transition.Propagate(from, to, x, input, next);

    /// <inheritdoc/>
    public override bool Linearize(
        double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> next, Span<double> jacobian, Span<double> noise) =>
        _transition.Linearize(from, to, x, input, next, jacobian, _loading) && Load(noise);

    /// <inheritdoc/>
    public override bool Noise(double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> noise) =>
        _transition.Noise(from, to, x, input, _loading) && Load(noise);

    /// <inheritdoc/>
    public override TransitionModel Fork() => new TransitionWithNoise(_transition.Fork(), _factor);

    private bool Load(Span<double> noise)
    {
        Dense.MultiplyLower(_loading, _factor, noise, StateCount, NoiseCount, NoiseCount);
        return true;
    }
}
