using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Predicts a covariance in U D U' form: [F U, G] diag(D, I) [F U, G]' is orthogonalised by weighted Gram-Schmidt.</summary>
/// <remarks>
/// Modified, so that it is as stable as reflections; no square roots but those of the conversion. A row that is zero up to rounding
/// gives a zero pivot and takes nothing from the others. Work space of one filter. C. L. Thornton, Triangular Covariance
/// Factorizations for Kalman Filtering, JPL Technical Memorandum 33-798 (1976); the triangle is lower here.
/// </remarks>
internal sealed class ThorntonPrediction
{
    private const double Epsilon = 2.220446049250313e-16;

    private readonly int _n;
    private readonly int _columns;
    private readonly double[] _unit;
    private readonly double[] _weights;
    private readonly double[] _array;
    private readonly double[] _weighted;
    private readonly double[] _lengths;

    /// <summary>Makes room for n states and q columns of noise.</summary>
    public ThorntonPrediction(int n, int q)
    {
        _n = n;
        _columns = n + q;
        _unit = new double[n * n];
        _weights = new double[_columns];
        _array = new double[n * _columns];
        _weighted = new double[_columns];
        _lengths = new double[n];
    }

    /// <summary>Predicts a factor.</summary>
    /// <param name="jacobian">F, n by n.</param>
    /// <param name="noise">G, n by q.</param>
    /// <param name="prior">The belief before.</param>
    /// <param name="result">Receives the factor after, n by n, lower triangular.</param>
    public void Apply(ReadOnlySpan<double> jacobian, ReadOnlySpan<double> noise, GaussianBelief prior, Span<double> result)
    {
        int n = _n;
        int q = _columns - n;
        LinearDeviations.Measure(jacobian, noise, q, prior, _lengths);
        UnitFactor.Split(prior.Factor, _unit, _weights.AsSpan(0, n));
        _weights.AsSpan(n).Fill(1.0);
        Dense.MultiplyLower(jacobian, _unit, _array, n, n, _columns);
        for (int i = 0; i < n; i++)
        {
            noise.Slice(i * q, q).CopyTo(_array.AsSpan((i * _columns) + n));
        }

        result.Clear();
        for (int j = 0; j < n; j++)
        {
            ReadOnlySpan<double> row = _array.AsSpan(j * _columns, _columns);
            for (int k = 0; k < _columns; k++)
            {
                _weighted[k] = _weights[k] * row[k];
            }

            double pivot = Dense.Dot(row, _weighted);
            double smallest = 8.0 * _columns * Epsilon * _lengths[j];
            if (pivot <= smallest * smallest)
            {
                continue;
            }

            double root = Math.Sqrt(pivot);
            result[j * (n + 1)] = root;
            for (int i = j + 1; i < n; i++)
            {
                Span<double> other = _array.AsSpan(i * _columns, _columns);
                double share = Dense.Dot(other, _weighted) / pivot;
                Dense.Axpy(-share, row, other);
                result[(i * n) + j] = share * root;
            }
        }
    }
}
