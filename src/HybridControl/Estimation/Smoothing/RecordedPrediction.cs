using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>One prediction of a filter, and what the state before it is once the state after it is known.</summary>
/// <remarks>
/// <para>
/// x_k = m_k + G (x_(k+1) - m^-) + Lc e with e ~ N(0, I): the gain G and the rest Lc come from the factor of the joint belief,
/// [[D], [L 0]] = [[L^-, 0], [G L^-, Lc]] Q with deviations D of the prediction, P^- = D D'. D is [F L, G_w] for a
/// linearised filter, [A, B, G_w] for sigma points, so that the same smoother serves both. Where P^- is singular, G is zero
/// for the directions without extent.
/// </para>
/// <para>
/// Where measurements feel the noise omega of the step that ends with them, x_k depends on omega beside x_(k+1) until the measurements there
/// are used: a gain for omega is kept too. Where directions are unknown, gain and rest are the limit of ever wider beliefs, and
/// <see cref="UnknownRest"/> is what even x_(k+1) does not tell. A live view of a <see cref="ForwardRecord"/>.
/// </para>
/// </remarks>
public sealed class RecordedPrediction
{
    private const double Epsilon = 2.220446049250313e-16;

    private readonly double[] _gain;
    private readonly double[] _rest;
    private readonly double[] _sourceGain;
    private readonly double[] _unknownRest;

    internal RecordedPrediction(int n, int sources)
    {
        Before = GaussianBelief.WithRoom(n);
        After = GaussianBelief.WithRoom(n);
        _gain = new double[n * n];
        _rest = new double[n * n];
        _sourceGain = new double[n * sources];
        _unknownRest = new double[n * n];
    }

    /// <summary>Time of the belief before, in seconds.</summary>
    public double From { get; private set; }

    /// <summary>Time of the prediction, in seconds.</summary>
    public double To { get; private set; }

    /// <summary>What the filter believed before it predicted, given all measurements up to then.</summary>
    public GaussianBelief Before { get; }

    /// <summary>What it predicted.</summary>
    public GaussianBelief After { get; }

    /// <summary>The smoother's gain G of x_(k+1), n by n, row-major: cov(x_k, x_(k+1)) (P^-)^-1 where nothing of the noise is remembered.</summary>
    public ReadOnlySpan<double> Gain => _gain;

    /// <summary>The factor Lc of the covariance of x_k given x_(k+1), n by n, row-major, lower triangular.</summary>
    public ReadOnlySpan<double> Rest => _rest;

    /// <summary>The directions of x_k, n by <see cref="UnknownRank"/>, row-major, of which x_(k+1) tells nothing and nobody else knows.</summary>
    public ReadOnlySpan<double> UnknownRest => _unknownRest.AsSpan(0, Before.Dimension * UnknownRank);

    /// <summary>The number of directions of x_k that stay unknown when x_(k+1) is known: the transition takes them to nothing.</summary>
    public int UnknownRank { get; private set; }

    /// <summary>The gain of the q sources of noise that are remembered, n by q; empty for none.</summary>
    internal ReadOnlySpan<double> SourceGain => _sourceGain;

    /// <summary>Writes cov(x_k, x_(k+1)) before the measurements after the prediction, n by n, row-major.</summary>
    /// <exception cref="ModelException">Directions of the belief are unknown.</exception>
    public void WriteCrossCovariance(Span<double> covariance)
    {
        if (Before.DiffuseRank > 0)
        {
            throw new ModelException(
                "record.prediction",
                $"{Before.DiffuseRank} directions of its belief are unknown: the covariance is infinite",
                "Take the gain times the smoothed covariance of the state after it.");
        }

        int n = Before.Dimension;
        Span<double> row = n <= 64 ? stackalloc double[n] : new double[n];
        for (int i = 0; i < n; i++)
        {
            // (L^-' G_i)' L^-', and what comes by way of remembered sources
            row.Clear();
            for (int j = 0; j < n; j++)
            {
                Dense.Axpy(_gain[(i * n) + j], After.Factor.Slice(j * n, n), row);
            }

            int q = _sourceGain.Length / n;
            for (int j = 0; j < q; j++)
            {
                Dense.Axpy(_sourceGain[(i * q) + j], After.Memory!.Cross.Slice(j * n, n), row);
            }

            Dense.MultiplyVector(After.Factor, row, covariance.Slice(i * n, n));
        }
    }

    /// <summary>Takes over times and beliefs.</summary>
    internal void Begin(double from, double to, GaussianBelief before, GaussianBelief after)
    {
        (From, To) = (from, to);
        Before.CopyFrom(before);
        After.CopyFrom(after);
        UnknownRank = 0;
    }

    /// <summary>Finds gain and rest from an array.</summary>
    /// <param name="array">
    /// Deviations of what is known afterwards, n rows of x_(k+1) and one for each remembered source, then n rows [L, 0] of x_k; destroyed.
    /// </param>
    /// <param name="columns">Columns, at least as many as rows.</param>
    /// <param name="lengths">For each row of the first what its rounding errors are relative to; destroyed.</param>
    /// <param name="elimination">By what unknown directions have left this array; null if there were none.</param>
    internal void Complete(Span<double> array, int columns, Span<double> lengths, UnknownElimination? elimination)
    {
        int n = Before.Dimension;
        int ordinary = lengths.Length;
        foreach (ref double length in lengths)
        {
            length *= 8.0 * columns * Epsilon;
        }

        LowerTriangularization.Apply(array, ordinary + n, columns, lengths);
        LowerTriangularization.CopyTriangle(array, columns, ordinary, _rest, n);
        for (int i = 0; i < n; i++)
        {
            Span<double> row = array.Slice((ordinary + i) * columns, ordinary);
            LowerTriangular.SolveTransposed(array, columns, row);
            ReadOnlySpan<double> gain = elimination is null ? row : elimination.Gain(i, row);
            gain[..n].CopyTo(_gain.AsSpan(i * n));
            gain[n..].CopyTo(_sourceGain.AsSpan(i * (gain.Length - n)));
        }

        if (elimination is null)
        {
            // The triangle of the array has zeros where the factor of the filter may have rounding errors.
            LowerTriangularization.CopyTriangle(array, columns, 0, After.MutableFactor, n);
        }
        else
        {
            UnknownRank = elimination.WriteUnknown(_unknownRest);
        }
    }
}
