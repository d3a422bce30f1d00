using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Simulation;

namespace HybridControl.Estimation;

/// <summary>A linear model in discrete time: x+ = F x + B u + w, w ~ N(0, Q), the same for every step.</summary>
/// <remarks>
/// One prediction is one step, however long; a prediction to the present time does nothing. For steps of varying length
/// use <see cref="ContinuousLinearTransition"/>. Thread-safe.
/// </remarks>
public sealed class LinearTransition : TransitionModel
{
    private readonly double[] _f;
    private readonly double[] _b;
    private readonly double[] _noise;

    /// <summary>Creates a model.</summary>
    /// <param name="f">F, n by n.</param>
    /// <param name="q">Q, n by n, symmetric positive semidefinite.</param>
    /// <param name="b">B, n by k for k inputs; null for none.</param>
    /// <param name="stateNames">Names of the n states; x0, x1, ... if omitted.</param>
    /// <exception cref="ModelException">Sizes differ, a number is not finite, or Q is not a covariance.</exception>
    public LinearTransition(double[,] f, double[,] q, double[,]? b = null, IReadOnlyList<string>? stateNames = null)
        : base(stateNames ?? NumberedNames(Matrices.RowsOf(f)), b?.GetLength(1) ?? 0, Matrices.RowsOf(f))
    {
        int n = StateCount;
        Matrices.CheckSize("transition.F", f, n, n);
        Matrices.CheckSize("transition.Q", q, n, n);
        _f = Matrices.Flatten(f, "transition.F");
        _noise = CovarianceFactor.Of(Matrices.Flatten(q, "transition.Q"), n, "transition.Q");
        _b = [];
        if (b is not null)
        {
            Matrices.CheckSize("transition.B", b, n, InputCount);
            _b = Matrices.Flatten(b, "transition.B");
        }
    }

    private LinearTransition(double[] f, double[] g, double[] b, int inputCount, int noiseCount, IReadOnlyList<string> stateNames)
        : base(stateNames, inputCount, noiseCount) => (_f, _noise, _b) = (f, g, b);

    /// <inheritdoc/>
    public override bool IsLinear => true;

    /// <inheritdoc/>
    public override bool HasConstantNoise => true;

    /// <inheritdoc/>
    internal override bool HasConstantLinearization => true;

    /// <inheritdoc/>
    public override bool CanDivideSteps => false;

    /// <summary>Creates a model x+ = F x + B u + G omega with q independent sources of noise omega ~ N(0, I).</summary>
    /// <param name="f">F, n by n.</param>
    /// <param name="g">G, n by q: Q = G G'.</param>
    /// <param name="b">B, n by k for k inputs; null for none.</param>
    /// <param name="stateNames">Names of the n states; x0, x1, ... if omitted.</param>
    /// <exception cref="ModelException">Sizes differ or a number is not finite.</exception>
    public static LinearTransition FromNoiseFactor(double[,] f, double[,] g, double[,]? b = null, IReadOnlyList<string>? stateNames = null)
    {
        ArgumentNullException.ThrowIfNull(f);
        ArgumentNullException.ThrowIfNull(g);
        IReadOnlyList<string> names = stateNames ?? NumberedNames(f.GetLength(0));
        int n = names.Count;
        Matrices.CheckSize("transition.F", f, n, n);
        Matrices.CheckSize("transition.G", g, n, g.GetLength(1));
        Matrices.CheckSize("transition.B", b ?? new double[n, 0], n, b?.GetLength(1) ?? 0);
        return new LinearTransition(
            Matrices.Flatten(f, "transition.F"), Matrices.Flatten(g, "transition.G"), b is null ? [] : Matrices.Flatten(b, "transition.B"),
            b?.GetLength(1) ?? 0, g.GetLength(1), names);
    }

    /// <inheritdoc/>
    public override bool Propagate(double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> next)
    {
        Dense.MultiplyVector(_f, x, next);
        for (int i = 0; i < next.Length && InputCount > 0; i++)
        {
            next[i] += Dense.Dot(_b.AsSpan(i * InputCount, InputCount), input);
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Linearize(
        double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> next, Span<double> jacobian, Span<double> noise)
    {
        Propagate(from, to, x, input, next);
        _f.CopyTo(jacobian);
        _noise.CopyTo(noise);
        return true;
    }

    /// <inheritdoc/>
    public override bool Noise(double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> noise)
    {
        _noise.CopyTo(noise);
        return true;
    }

    /// <inheritdoc/>
    internal override void Move(double from, double to, StateEnsemble members, ReadOnlySpan<double> input) =>
        Work.MoveLinearly(_f, _b, members, input);
}
