using HybridControl.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Estimation;

/// <summary>What measurements after an instant say of the states there: the smoothed belief divided by the predicted one.</summary>
/// <remarks>
/// In coordinates y = L^-1 (x - p) of the predicted belief N(p, L L') the smoothed one is N(a, B), and the quotient is
/// exp(-y' Lambda y / 2 + y' eta) with Lambda = B^-1 - I and eta = B^-1 a. A prediction N(c, K K') meets it as
/// N(c + S g, S), S = K (I + K' Lambda K)^-1 K', g = eta - Lambda c, of likelihood
/// det(I + K' Lambda K)^-1/2 exp(c' eta - c' Lambda c / 2 + g' S g / 2). Eigenvalues of B are kept in [floor, 1]: above one,
/// where merging has widened the smoothed belief, the quotient would take knowledge away, and pass after pass the more.
/// Work space of one user.
/// </remarks>
internal sealed class FutureEvidence(int n, double floor)
{
    private readonly GaussianBelief _origin = new(n);
    private readonly double[] _precision = new double[n * n];
    private readonly double[] _vector = new double[n];
    private readonly double[] _factor = new double[n * n];
    private readonly double[] _square = new double[n * n];
    private readonly double[] _product = new double[n * n];
    private readonly double[] _center = new double[n];
    private readonly double[] _slope = new double[n];
    private readonly double[] _shift = new double[n];
    private StateGeometry _geometry = StateGeometry.Flat(n);

    /// <summary>Takes the quotient of two beliefs.</summary>
    public void Set(GaussianBelief predicted, GaussianBelief smoothed, StateGeometry geometry)
    {
        _geometry = geometry;
        _origin.CopyFrom(predicted);
        geometry.Subtract(smoothed.Mean, predicted.Mean, _vector);
        LowerTriangular.Solve(predicted.Factor, _vector);
        Whiten(smoothed.Factor, _factor);
        Dense.MultiplyTransposed(_factor, _factor, _square, n, n, n);
        var evd = Matrix<double>.Build.DenseOfRowMajor(n, n, _square).Evd(Symmetricity.Symmetric);
        _precision.AsSpan().Clear();
        _slope.AsSpan().Clear();
        for (int k = 0; k < n; k++)
        {
            double variance = Math.Clamp(evd.EigenValues[k].Real, floor, 1.0);
            double along = 0.0;
            for (int i = 0; i < n; i++)
            {
                _shift[i] = evd.EigenVectors[i, k];
                along += _shift[i] * _vector[i];
            }

            Dense.Axpy(along / variance, _shift, _slope);
            for (int i = 0; i < n; i++)
            {
                Dense.Axpy(_shift[i] * ((1.0 / variance) - 1.0), _shift, _precision.AsSpan(i * n, n));
            }
        }

        _slope.CopyTo(_vector, 0);
    }

    /// <summary>Lets a prediction meet the future.</summary>
    /// <param name="prediction">The prediction.</param>
    /// <param name="target">Receives what it turned out to be.</param>
    /// <returns>Logarithm of how well it fits, up to a constant; minus infinity if it does not.</returns>
    public double Correct(GaussianBelief prediction, GaussianBelief target)
    {
        _geometry.Subtract(prediction.Mean, _origin.Mean, _center);
        LowerTriangular.Solve(_origin.Factor, _center);
        Whiten(prediction.Factor, _square);

        // M = I + K' Lambda K = R R'.
        Dense.Multiply(_precision, _square, _product, n, n, n);
        Dense.TransposedMultiply(_square, _product, _factor, n, n, n);
        for (int i = 0; i < n; i++)
        {
            _factor[i * (n + 1)] += 1.0;
            for (int j = 0; j < i; j++)
            {
                _factor[(i * n) + j] = 0.5 * (_factor[(i * n) + j] + _factor[(j * n) + i]);
            }
        }

        if (Cholesky.Factor(_factor, _product, n) >= 0)
        {
            return double.NegativeInfinity; // not finite: M is never below I
        }

        // S = (K R'^-1)(K R'^-1)': rows of K through R.
        LowerTriangular.SolveRows(_product, _square, n);
        Dense.MultiplyVector(_precision, _center, _slope);
        double likelihood = (-0.5 * Cholesky.LogDeterminant(_product, n)) + Dense.Dot(_center, _vector) - (0.5 * Dense.Dot(_center, _slope));
        for (int i = 0; i < n; i++)
        {
            _slope[i] = _vector[i] - _slope[i];
        }

        // |(K R'^-1)' g|^2 / 2, and the mean c + S g.
        _shift.AsSpan().Clear();
        for (int i = 0; i < n; i++)
        {
            Dense.Axpy(_slope[i], _square.AsSpan(i * n, n), _shift);
        }

        likelihood += 0.5 * Dense.Dot(_shift, _shift);
        for (int i = 0; i < n; i++)
        {
            _center[i] += Dense.Dot(_square.AsSpan(i * n, n), _shift);
        }

        // Back to x = p + L y.
        Dense.Multiply(_origin.Factor, _square, _factor, n, n, n);
        Dense.MultiplyVector(_origin.Factor, _center, _shift);
        _origin.Mean.CopyTo(target.MutableMean);
        _geometry.Add(target.MutableMean, _shift);
        LowerTriangularization.Apply(_factor, n, n);
        LowerTriangularization.CopyTriangle(_factor, n, 0, target.MutableFactor, n);
        return target.IsFinite && double.IsFinite(likelihood) ? likelihood : double.NegativeInfinity;
    }

    // L^-1 A, column by column: forward substitution on rows.
    private void Whiten(ReadOnlySpan<double> factor, Span<double> result)
    {
        ReadOnlySpan<double> l = _origin.Factor;
        factor.CopyTo(result);
        for (int i = 0; i < n; i++)
        {
            Span<double> row = result.Slice(i * n, n);
            double pivot = l[i * (n + 1)];
            if (pivot == 0.0)
            {
                row.Clear();
                continue;
            }

            for (int k = 0; k < i; k++)
            {
                Dense.Axpy(-l[(i * n) + k], result.Slice(k * n, n), row);
            }

            for (int k = 0; k < n; k++)
            {
                row[k] /= pivot;
            }
        }
    }
}
