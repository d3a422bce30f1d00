using MathNet.Numerics.LinearAlgebra;

namespace HeartSurface;

/// <summary>The baseline without dynamics: |H x - y|^2 + lambda^2 |x|^2, each sample on its own, lambda from the L-curve.</summary>
/// <remarks>
/// lambda is the corner of the curve of log |x| over log |H x - y|: where it bends most. P. C. Hansen and D. P. O'Leary, SIAM J. Sci.
/// Comput. 14 (1993), 1487-1503.
/// </remarks>
public sealed class Tikhonov
{
    private readonly Matrix<double> _left;
    private readonly Matrix<double> _right;
    private readonly Vector<double> _singular;

    /// <summary>Factors H.</summary>
    public Tikhonov(double[,] h)
    {
        var svd = Matrix<double>.Build.DenseOfArray(h).Svd();
        (_left, _singular, _right) = (svd.U, svd.S, svd.VT);
    }

    /// <summary>The potentials of a beat.</summary>
    public double[][] Solve(double[][] electrodes) => [.. electrodes.Select(Solve)];

    private double[] Solve(double[] y)
    {
        Vector<double> projected = _left.TransposeThisAndMultiply(Vector<double>.Build.Dense(y));
        double[] lambdas = [.. Enumerable.Range(0, 60).Select(i => _singular[0] * Math.Pow(10.0, -5.0 + (5.0 * i / 59.0)))];
        (double X, double Y)[] curve = [.. lambdas.Select(lambda => Point(projected, lambda))];
        int corner = 1;
        double sharpest = double.NegativeInfinity;
        for (int i = 1; i < curve.Length - 1; i++)
        {
            double bend = Curvature(curve[i - 1], curve[i], curve[i + 1]);
            (corner, sharpest) = bend > sharpest ? (i, bend) : (corner, sharpest);
        }

        Vector<double> weights = Filter(projected, lambdas[corner]);
        return [.. _right.SubMatrix(0, weights.Count, 0, _right.ColumnCount).TransposeThisAndMultiply(weights)];
    }

    private Vector<double> Filter(Vector<double> projected, double lambda) => Vector<double>.Build.Dense(
        _singular.Count, i => projected[i] * _singular[i] / ((_singular[i] * _singular[i]) + (lambda * lambda)));

    private (double X, double Y) Point(Vector<double> projected, double lambda)
    {
        Vector<double> weights = Filter(projected, lambda);
        double residual = 0.0;
        for (int i = 0; i < weights.Count; i++)
        {
            double difference = projected[i] - (_singular[i] * weights[i]);
            residual += difference * difference;
        }

        return (0.5 * Math.Log(residual + 1e-300), Math.Log(weights.L2Norm() + 1e-300));
    }

    // Of the circle through three points; positive at the corner of the L, which is walked with growing lambda.
    private static double Curvature((double X, double Y) a, (double X, double Y) b, (double X, double Y) c)
    {
        double area = ((b.X - a.X) * (c.Y - a.Y)) - ((b.Y - a.Y) * (c.X - a.X));
        double Length((double X, double Y) p, (double X, double Y) q) => Math.Sqrt(((p.X - q.X) * (p.X - q.X)) + ((p.Y - q.Y) * (p.Y - q.Y)));
        return 2.0 * area / Math.Max(1e-12, Length(a, b) * Length(b, c) * Length(a, c));
    }
}
