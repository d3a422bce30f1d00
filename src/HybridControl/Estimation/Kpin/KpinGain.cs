using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>The gain of an update: Kalman's, and a bounded, gated correction of it.</summary>
/// <remarks>
/// dK = c diag(sqrt(diag P)) tanh(D) S^-1/2: a learned D moves no state by more than c of its standard deviations for each standard
/// deviation of innovation, whatever the units. Work space of one filter.
/// </remarks>
internal sealed class KpinGain
{
    private readonly int _n;
    private readonly double[] _kalman;
    private readonly double[] _used;
    private readonly double[] _product;
    private readonly double[] _correction;
    private readonly JosephUpdate _joseph;
    private int _count;

    public KpinGain(int n, int m)
    {
        _n = n;
        _kalman = new double[n * m];
        _used = new double[n * m];
        _product = new double[n * m];
        _correction = new double[n];
        _joseph = new JosephUpdate(n);
    }

    /// <summary>The Kalman gain of the last update, n by k.</summary>
    public ReadOnlySpan<double> Kalman => _kalman.AsSpan(0, _n * _count);

    /// <summary>The gain in use, n by k.</summary>
    public ReadOnlySpan<double> Used => _used.AsSpan(0, _n * _count);

    /// <summary>After an update that this has not seen.</summary>
    public void Forget() => _count = 0;

    /// <summary>Replaces the result of a Kalman update where the correction says so.</summary>
    public void Correct(
        KpinDesign design, KpinOutput output, GaussianBelief prior, ReadOnlySpan<double> h, ReadOnlySpan<double> noise, Innovation innovation,
        StateGeometry geometry, GaussianBelief result)
    {
        int k = _count = innovation.Count;
        int columns = noise.Length / k;
        Span<double> kalman = _kalman.AsSpan(0, _n * k);
        Span<double> used = _used.AsSpan(0, _n * k);
        Span<double> product = _product.AsSpan(0, _n * k);

        // K0 = L (H L)' S^-1.
        Dense.MultiplyLower(h, prior.Factor, product, k, _n, _n);
        Dense.MultiplyTransposed(prior.Factor, product, kalman, _n, _n, k);
        LowerTriangular.SolveRows(innovation.Factor, kalman, k);
        LowerTriangular.SolveTransposedRows(innovation.Factor, kalman, k);
        kalman.CopyTo(used);
        if (design.Level != KpinLevel.Gain || !output.Gain.ContainsAnyExcept(0.0))
        {
            return;
        }

        double gate = design.GainBound / (1.0 + Math.Exp(-output.Gate));
        int m = output.MeasurementScales.Length;
        for (int i = 0; i < _n; i++)
        {
            double deviation = prior.Deviation(i);
            for (int entry = 0; entry < k; entry++)
            {
                product[(i * k) + entry] = gate * deviation * Math.Tanh(output.Gain[(i * m) + innovation.Component(entry)]);
            }
        }

        LowerTriangular.SolveTransposedRows(innovation.Factor, product, k);
        Dense.Axpy(1.0, product, used);
        Dense.MultiplyVector(used, innovation.Value, _correction);
        prior.Mean.CopyTo(result.MutableMean);
        geometry.Add(result.MutableMean, _correction);
        _joseph.Apply(prior.Factor, used, h, noise, k, columns, result.MutableFactor);
    }
}
