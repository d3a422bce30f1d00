using HybridControl.Estimation;

namespace HybridControl.Benchmarks.Assimilation;

/// <summary>A model whose predicted covariance grows by a factor for each second, as the published extended filters have it in place of noise.</summary>
internal sealed class InflatedTransition(TransitionModel model, double perSecond)
    : TransitionModel(model.StateNames, model.InputCount, model.NoiseCount)
{
    public override bool Propagate(double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> next) =>
        model.Propagate(from, to, x, input, next);

    public override bool Linearize(
        double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> next, Span<double> jacobian, Span<double> noise)
    {
        bool done = model.Linearize(from, to, x, input, next, jacobian, noise);
        double root = Math.Pow(perSecond, 0.5 * (to - from));
        foreach (ref double entry in jacobian)
        {
            entry *= root;
        }

        return done;
    }

    public override bool Noise(double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> noise) =>
        model.Noise(from, to, x, input, noise);
}
