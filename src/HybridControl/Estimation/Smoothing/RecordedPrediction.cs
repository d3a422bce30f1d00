using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>One prediction of a filter, and what the state before it is once the state after it is known.</summary>
/// <remarks>
/// x_k = m_k + G (x_(k+1) - m^-) + Lc e with e ~ N(0, I): the gain G and the rest Lc come from the factor of the joint belief,
/// [[D], [L 0]] = [[L^-, 0], [G L^-, Lc]] Q with deviations D of the prediction, P^- = D D'. D is [F L, G_w] for a
/// linearised filter, [A, B, G_w] for sigma points, so that the same smoother serves both. Where P^- is singular, G is zero
/// for the directions without extent. A live view of a <see cref="ForwardRecord"/>.
/// </remarks>
public sealed class RecordedPrediction
{
    private const double Epsilon = 2.220446049250313e-16;

    private readonly double[] _gain;
    private readonly double[] _rest;

    internal RecordedPrediction(int n)
    {
        Before = GaussianBelief.WithRoom(n);
        After = GaussianBelief.WithRoom(n);
        _gain = new double[n * n];
        _rest = new double[n * n];
    }

    /// <summary>Time of the belief before, in seconds.</summary>
    public double From { get; private set; }

    /// <summary>Time of the prediction, in seconds.</summary>
    public double To { get; private set; }

    /// <summary>What the filter believed before it predicted, given all measurements up to then.</summary>
    public GaussianBelief Before { get; }

    /// <summary>What it predicted.</summary>
    public GaussianBelief After { get; }

    /// <summary>The smoother's gain G = cov(x_k, x_(k+1)) (P^-)^-1, n by n, row-major.</summary>
    public ReadOnlySpan<double> Gain => _gain;

    /// <summary>The factor Lc of the covariance of x_k given x_(k+1), n by n, row-major, lower triangular.</summary>
    public ReadOnlySpan<double> Rest => _rest;

    /// <summary>Writes cov(x_k, x_(k+1)) = G P^-, n by n, row-major.</summary>
    public void WriteCrossCovariance(Span<double> covariance)
    {
        int n = Before.Dimension;
        Span<double> row = n <= 64 ? stackalloc double[n] : new double[n];
        for (int i = 0; i < n; i++)
        {
            // (L^-' G_i)' L^-'
            row.Clear();
            for (int j = 0; j < n; j++)
            {
                Dense.Axpy(_gain[(i * n) + j], After.Factor.Slice(j * n, n), row);
            }

            Dense.MultiplyVector(After.Factor, row, covariance.Slice(i * n, n));
        }
    }

    /// <summary>Fills the entry in.</summary>
    /// <param name="from">Time before.</param>
    /// <param name="to">Time after.</param>
    /// <param name="before">Belief before.</param>
    /// <param name="after">Belief after.</param>
    /// <param name="array">2n by <paramref name="columns"/>: the deviations D, then rows of zeros; destroyed.</param>
    /// <param name="columns">Columns, at least 2n.</param>
    /// <param name="lengths">For each row of D what its rounding errors are relative to; destroyed.</param>
    internal void Fill(
        double from, double to, GaussianBelief before, GaussianBelief after, Span<double> array, int columns, Span<double> lengths)
    {
        int n = before.Dimension;
        (From, To) = (from, to);
        Before.CopyFrom(before);
        After.CopyFrom(after);
        for (int i = 0; i < n; i++)
        {
            before.Factor.Slice(i * n, i + 1).CopyTo(array[((n + i) * columns)..]);
            lengths[i] *= 8.0 * columns * Epsilon;
        }

        LowerTriangularization.Apply(array, 2 * n, columns, lengths);
        LowerTriangularization.CopyTriangle(array, columns, n, _rest, n);
        for (int i = 0; i < n; i++)
        {
            array.Slice((n + i) * columns, n).CopyTo(_gain.AsSpan(i * n));
        }

        // The triangle of the array has zeros where the factor of the filter may have rounding errors.
        LowerTriangularization.CopyTriangle(array, columns, 0, After.MutableFactor, n);
        LowerTriangular.SolveTransposedRows(After.Factor, _gain, n);
    }

    /// <summary>What is believed of x_k, given what is believed of x_(k+1) from all measurements.</summary>
    /// <param name="later">The smoothed belief after the prediction.</param>
    /// <param name="geometry">How states are subtracted.</param>
    /// <param name="result">Receives the smoothed belief before it; another one.</param>
    /// <param name="array">Room for 2 n^2 numbers.</param>
    internal void StepBack(GaussianBelief later, StateGeometry geometry, GaussianBelief result, Span<double> array)
    {
        int n = Before.Dimension;
        Span<double> shift = array[..n];
        Span<double> correction = array.Slice(n, n);
        geometry.Subtract(later.Mean, After.Mean, shift);
        Dense.MultiplyVector(_gain, shift, correction);
        Before.Mean.CopyTo(result.MutableMean);
        geometry.Add(result.MutableMean, correction);

        int columns = 2 * n;
        Dense.MultiplyLower(_gain, later.Factor, array, n, n, columns);
        for (int i = 0; i < n; i++)
        {
            _rest.AsSpan(i * n, n).CopyTo(array[((i * columns) + n)..]);
        }

        LowerTriangularization.Apply(array, n, columns);
        LowerTriangularization.CopyTriangle(array, columns, 0, result.MutableFactor, n);
    }
}
