using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>What the noise of one prediction was, once the state after it is known: omega = Gamma (x_(k+1) - m^-) + Lambda e.</summary>
/// <remarks>
/// From [[D], [0 A]] = [[L^-, 0], [Gamma L^-, Lambda]] Q with deviations D of the prediction, whose last q columns are G A. Given x_(k+1) the
/// noise and all later measurements are independent, so that nothing but the smoothed x_(k+1) is needed.
/// </remarks>
internal sealed class SourcePosterior(int n, int q)
{
    private const double Epsilon = 2.220446049250313e-16;

    private readonly double[] _gain = new double[q * n];
    private readonly double[] _rest = new double[q * q];

    /// <summary>Finds gain and rest.</summary>
    /// <param name="deviations">D, n by <paramref name="given"/>.</param>
    /// <param name="given">Columns of D.</param>
    /// <param name="factor">A, q by q, lower triangular.</param>
    /// <param name="lengths">For each row of D what its rounding errors are relative to; destroyed.</param>
    /// <param name="array">Room for n + q rows of <paramref name="columns"/>.</param>
    /// <param name="columns">At least n + q, and as many as D has.</param>
    public void Fill(
        ReadOnlySpan<double> deviations, int given, ReadOnlySpan<double> factor, Span<double> lengths, Span<double> array, int columns)
    {
        array.Clear();
        for (int i = 0; i < n; i++)
        {
            deviations.Slice(i * given, given).CopyTo(array[(i * columns)..]);
            lengths[i] *= 8.0 * columns * Epsilon;
        }

        for (int j = 0; j < q; j++)
        {
            factor.Slice(j * q, q).CopyTo(array[(((n + j) * columns) + given - q)..]);
        }

        LowerTriangularization.Apply(array, n + q, columns, lengths);
        LowerTriangularization.CopyTriangle(array, columns, n, _rest, q);
        for (int j = 0; j < q; j++)
        {
            Span<double> row = array.Slice((n + j) * columns, n);
            LowerTriangular.SolveTransposed(array, columns, row);
            row.CopyTo(_gain.AsSpan(j * n));
        }
    }

    /// <summary>Writes the square root of E[omega omega'], q by 1 + n + q: mean, what is uncertain of the state, and the rest.</summary>
    /// <param name="shift">Smoothed minus predicted mean of the state after the prediction.</param>
    /// <param name="factor">Factor of its smoothed covariance.</param>
    /// <param name="target">Rows of <paramref name="columns"/> numbers that begin with the result.</param>
    /// <param name="columns">Distance of rows.</param>
    public void Write(ReadOnlySpan<double> shift, ReadOnlySpan<double> factor, Span<double> target, int columns)
    {
        Dense.MultiplyLower(_gain, factor, target[1..], q, n, columns);
        for (int j = 0; j < q; j++)
        {
            Span<double> row = target.Slice(j * columns, 1 + n + q);
            row[0] = Dense.Dot(_gain.AsSpan(j * n, n), shift);
            _rest.AsSpan(j * q, q).CopyTo(row[(1 + n)..]);
        }
    }
}
