using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>NIS over the last few innovations against its chi-square band: a smoke alarm for damage, wrong models and bad sensors.</summary>
/// <remarks>
/// It looks at every kind of misfit at once and is therefore weak against each: a small loss of stiffness hardly moves it. Compare
/// hypotheses by their likelihoods to find out what has changed. Costs the length of the window a sample and allocates nothing. Not thread-safe.
/// </remarks>
public sealed class NisWindow
{
    private readonly double[] _values;
    private readonly int[] _degrees;
    private readonly double _confidence;
    private int _next;
    private double _sum;
    private int _bandDegrees = -1;
    private ConsistencyBand _band;

    /// <summary>Starts empty.</summary>
    /// <param name="length">How many innovations the window holds.</param>
    /// <param name="confidence">Probability of the band, between 0 and 1.</param>
    /// <exception cref="ModelException">The confidence is no probability, or the window has no room.</exception>
    public NisWindow(int length, double confidence = 0.999)
    {
        ConsistencyOptions.CheckConfidence(confidence);
        if (length < 1)
        {
            throw new ModelException("window", FormattableString.Invariant($"its length is {length}"), "It holds at least one innovation.");
        }

        _values = new double[length];
        _degrees = new int[length];
        _confidence = confidence;
    }

    /// <summary>Whether as many innovations have come as the window holds.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Degrees of freedom in the window.</summary>
    public int Degrees { get; private set; }

    /// <summary>NIS in the window over its degrees of freedom; 1 is expected; NaN while there are none.</summary>
    public double Ratio => _sum / Degrees;

    /// <summary>Where <see cref="Ratio"/> of a right filter lies.</summary>
    public ConsistencyBand Band
    {
        get
        {
            if (Degrees != _bandDegrees)
            {
                _bandDegrees = Degrees;
                _band = Degrees == 0
                    ? new(double.NaN, double.NaN, _confidence)
                    : ConsistencyBand.OfMean(Degrees, Degrees, _confidence);
            }

            return _band;
        }
    }

    /// <summary>The probability of a larger NIS in the window of a right filter.</summary>
    public double PValue => Degrees == 0 ? double.NaN : ChiSquare.Tail(Degrees, _sum);

    /// <summary>Adds an innovation; the oldest leaves a full window.</summary>
    /// <param name="nis">r' S^-1 r.</param>
    /// <param name="degrees">Components that were present; 0 for none.</param>
    /// <returns>Whether the window is full and NIS in it lies above its band. NaN counts as above.</returns>
    public bool Add(double nis, int degrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(degrees);
        Degrees += degrees - _degrees[_next];
        _values[_next] = degrees == 0 ? 0.0 : nis;
        _degrees[_next] = degrees;
        _next++;
        if (_next == _values.Length)
        {
            (_next, IsFull) = (0, true);
        }

        // Summed anew, so that neither rounding nor a number that is not finite outlives the window.
        _sum = 0.0;
        foreach (double value in _values)
        {
            _sum += value;
        }

        return IsFull && Degrees > 0 && !(Ratio <= Band.Upper);
    }
}
