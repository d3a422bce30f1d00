using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Simulation;

namespace HybridControl.Estimation;

/// <summary>A linear model in continuous time, for steps of any length: x' = A x + B u + w, w white of density Qc.</summary>
/// <remarks>
/// Discretised exactly for each step; a step as long as the last one costs nothing more. Inputs are held during a step.
/// One thread at a time, and <see cref="Fork"/> for another.
/// </remarks>
public sealed class ContinuousLinearTransition : TransitionModel
{
    private readonly double[] _a;
    private readonly double[] _b;
    private readonly double[] _density;
    private readonly LinearDiscretization _step;

    /// <summary>Creates a model.</summary>
    /// <param name="a">A, n by n, per second.</param>
    /// <param name="qc">Spectral density Qc, n by n, symmetric positive semidefinite, squared units of the states per second.</param>
    /// <param name="b">B, n by k for k inputs; null for none.</param>
    /// <param name="stateNames">Names of the n states; x0, x1, ... if omitted.</param>
    /// <exception cref="ModelException">Sizes differ, a number is not finite, or Qc is not positive semidefinite.</exception>
    public ContinuousLinearTransition(double[,] a, double[,] qc, double[,]? b = null, IReadOnlyList<string>? stateNames = null)
        : base(stateNames ?? NumberedNames(Matrices.RowsOf(a)), b?.GetLength(1) ?? 0, Matrices.RowsOf(a))
    {
        int n = StateCount;
        Matrices.CheckSize("transition.A", a, n, n);
        Matrices.CheckSize("transition.Qc", qc, n, n);
        _a = Matrices.Flatten(a, "transition.A");
        _density = Matrices.Flatten(qc, "transition.Qc");
        CovarianceFactor.Of(_density, n, "transition.Qc");
        _b = [];
        if (b is not null)
        {
            Matrices.CheckSize("transition.B", b, n, InputCount);
            _b = Matrices.Flatten(b, "transition.B");
        }

        _step = new LinearDiscretization(_a, _b, _density, n);
    }

    private ContinuousLinearTransition(ContinuousLinearTransition other)
        : base(other.StateNames, other.InputCount, other.NoiseCount)
    {
        (_a, _b, _density) = (other._a, other._b, other._density);
        _step = new LinearDiscretization(_a, _b, _density, StateCount);
        Geometry = other.Geometry;
    }

    /// <inheritdoc/>
    public override bool IsLinear => true;

    /// <inheritdoc/>
    public override bool HasConstantNoise => true;

    /// <inheritdoc/>
    public override bool Propagate(double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> next)
    {
        if (!_step.Prepare(to - from))
        {
            return false;
        }

        Dense.MultiplyVector(_step.Phi, x, next);
        for (int i = 0; i < next.Length && InputCount > 0; i++)
        {
            next[i] += Dense.Dot(_step.Gamma.Slice(i * InputCount, InputCount), input);
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Linearize(
        double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> next, Span<double> jacobian, Span<double> noise)
    {
        if (!Propagate(from, to, x, input, next))
        {
            return false;
        }

        _step.Phi.CopyTo(jacobian);
        _step.Noise.CopyTo(noise);
        return true;
    }

    /// <inheritdoc/>
    public override bool Noise(double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> noise)
    {
        if (!_step.Prepare(to - from))
        {
            return false;
        }

        _step.Noise.CopyTo(noise);
        return true;
    }

    /// <inheritdoc/>
    public override TransitionModel Fork() => new ContinuousLinearTransition(this);

    /// <inheritdoc/>
    internal override void Move(double from, double to, StateEnsemble members, ReadOnlySpan<double> input)
    {
        if (_step.Prepare(to - from))
        {
            Work.MoveLinearly(_step.Phi, _step.Gamma, members, input);
        }
        else
        {
            members.Values.Fill(double.NaN);
        }
    }
}
