using HybridControl.Numerics;

namespace HybridControl.Tests.TestKit;

/// <summary>A Kalman filter by nothing but reflections of arrays: slow, and as good as doubles can be.</summary>
public sealed class ReflectionKalman
{
    private readonly int _n;
    private readonly double[] _factor;
    private readonly double[] _mean;

    /// <summary>Starts with mean zero and the covariance L L'.</summary>
    public ReflectionKalman(double[,] factor)
    {
        _n = factor.GetLength(0);
        _factor = [.. factor.Cast<double>()];
        _mean = new double[_n];
    }

    /// <summary>The factor of the covariance, n by n.</summary>
    public ReadOnlySpan<double> Factor => _factor;

    /// <summary>The log-likelihood of the last measurement.</summary>
    public double LogLikelihood { get; private set; }

    /// <summary>x = F x, P = F P F' + G G'.</summary>
    public void Predict(double[,] f, double[,] g)
    {
        int columns = _n + g.GetLength(1);
        double[] array = new double[_n * columns];
        double[] flat = [.. f.Cast<double>()];
        Dense.MultiplyVector(flat, [.. _mean], _mean);
        Dense.MultiplyLower(flat, _factor, array, _n, _n, columns);
        Place(g, array, columns, _n);
        LowerTriangularization.Apply(array, _n, columns);
        LowerTriangularization.CopyTriangle(array, columns, 0, _factor, _n);
    }

    /// <summary>Updates with z = H x + A v.</summary>
    public void Update(double[,] h, double[,] a, double[] z)
    {
        (int m, int columns) = (z.Length, z.Length + _n);
        double[] array = new double[columns * columns];
        double[] flat = [.. h.Cast<double>()];
        Place(a, array, columns, 0);
        Dense.MultiplyLower(flat, _factor, array.AsSpan(m), m, _n, columns);
        for (int i = 0; i < _n; i++)
        {
            _factor.AsSpan(i * _n, _n).CopyTo(array.AsSpan(((m + i) * columns) + m));
        }

        LowerTriangularization.Apply(array, columns, columns);
        double[] seen = new double[m * m];
        LowerTriangularization.CopyTriangle(array, columns, 0, seen, m);
        LowerTriangularization.CopyTriangle(array, columns, m, _factor, _n);
        double[] white = new double[m];
        Dense.MultiplyVector(flat, _mean, white);
        Dense.Subtract(z, white, white);
        LowerTriangular.Solve(seen, white);
        LogLikelihood = -0.5 * (Dense.Dot(white, white) + (m * Math.Log(2.0 * Math.PI)));
        for (int i = 0; i < m; i++)
        {
            LogLikelihood -= Math.Log(Math.Abs(seen[i * (m + 1)]));
        }

        for (int i = 0; i < _n; i++)
        {
            _mean[i] += Dense.Dot(array.AsSpan((m + i) * columns, m), white);
        }
    }

    private static void Place(double[,] block, double[] array, int columns, int first)
    {
        for (int i = 0; i < block.GetLength(0); i++)
        {
            for (int j = 0; j < block.GetLength(1); j++)
            {
                array[(i * columns) + first + j] = block[i, j];
            }
        }
    }
}
