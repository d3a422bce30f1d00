using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>Gathers the autocorrelation of a sequence that may have gaps and may come in several runs.</summary>
/// <remarks>A sample costs a few operations for each lag and allocates nothing. Not thread-safe.</remarks>
public sealed class WhitenessAccumulator
{
    private readonly double[] _recent;

    // For each lag: products, sums of the later and of the earlier number, pairs.
    private readonly double[] _products;
    private readonly double[] _later;
    private readonly double[] _earlier;
    private readonly long[] _pairs;
    private int _next;
    private int _filled;
    private long _count;
    private double _sum;
    private double _squares;

    /// <summary>Starts empty.</summary>
    /// <param name="lags">How many lags are looked at, from 1 to 10,000.</param>
    /// <exception cref="ModelException">The number of lags is out of range.</exception>
    public WhitenessAccumulator(int lags = 20)
    {
        if (lags is < 1 or > 10_000)
        {
            throw new ModelException("lags", FormattableString.Invariant($"{lags} is not between 1 and 10000"), "20 is usual.");
        }

        _recent = new double[lags];
        _products = new double[lags];
        _later = new double[lags];
        _earlier = new double[lags];
        _pairs = new long[lags];
    }

    /// <summary>Begins a new run: what follows is not correlated with what came before.</summary>
    public void BeginRun() => (_next, _filled) = (0, 0);

    /// <summary>Adds the next sample; NaN for one that is missing.</summary>
    public void Add(double sample)
    {
        int lags = _recent.Length;
        if (double.IsFinite(sample))
        {
            _count++;
            _sum += sample;
            _squares += sample * sample;
            for (int l = 0; l < _filled; l++)
            {
                int place = _next - 1 - l;
                double earlier = _recent[place < 0 ? place + lags : place];
                if (!double.IsNaN(earlier))
                {
                    _products[l] += sample * earlier;
                    _later[l] += sample;
                    _earlier[l] += earlier;
                    _pairs[l]++;
                }
            }
        }

        _recent[_next] = double.IsFinite(sample) ? sample : double.NaN;
        _next = _next + 1 == lags ? 0 : _next + 1;
        _filled = Math.Min(lags, _filled + 1);
    }

    /// <summary>The autocorrelation so far.</summary>
    public Whiteness ToWhiteness()
    {
        int lags = (int)Math.Min(_recent.Length, _count / 4);
        int degrees = 0;
        double mean = _sum / _count;
        double power = _squares - (_count * mean * mean);
        double[] coefficients = new double[lags];
        double q = 0.0;
        for (int l = 0; l < lags; l++)
        {
            if (_pairs[l] == 0)
            {
                coefficients[l] = double.NaN;
                continue;
            }

            degrees++;
            double covariance = _products[l] - (mean * (_later[l] + _earlier[l])) + (_pairs[l] * mean * mean);
            double r = power > 0.0 ? covariance / power : 0.0;
            coefficients[l] = r;
            q += r * r * _count * (_count + 2.0) / _pairs[l];
        }

        return new([.. coefficients], _count, q, degrees == 0 ? double.NaN : ChiSquare.Tail(degrees, q));
    }
}
