using HybridControl.Diagnostics;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>Detects that innovations have grown, or shrunk, against their covariance since some unknown time (Page's CUSUM).</summary>
/// <remarks>
/// Sums g = max(0, g + l) of the log-likelihood ratio l = NIS (1 - 1/rho) / 2 - d ln(rho) / 2 between innovations of covariance rho S and S,
/// d components, and alarms at g &gt; h. With h = ln(T) the mean number of innovations until a false alarm is at least T; the mean delay is about
/// h / (d (rho - 1 - ln rho) / 2). E. S. Page, Biometrika 41 (1954), 100-115; G. Lorden, Ann. Math. Statist. 42 (1971), 1897-1908.
/// Costs O(1) a sample and allocates nothing. Not thread-safe.
/// </remarks>
public sealed class NisCusum
{
    private readonly double _inflation;
    private int _step = -1;
    private int _start;

    /// <summary>Starts without suspicion.</summary>
    /// <param name="inflation">rho, the change of the covariance to look for: above 1 for innovations that grow, below 1 for shrinking ones.</param>
    /// <param name="meanBetweenFalseAlarms">T, how many innovations of a right filter pass between false alarms, on average and at least.</param>
    /// <exception cref="ModelException">The inflation is 1 or not positive, or T is not above 1.</exception>
    public NisCusum(double inflation = 2.0, double meanBetweenFalseAlarms = 10_000.0)
    {
        if (!(inflation > 0.0) || inflation == 1.0 || !double.IsFinite(inflation) || !(meanBetweenFalseAlarms > 1.0))
        {
            throw new ModelException(
                "NIS CUSUM",
                FormattableString.Invariant($"inflation {inflation}, {meanBetweenFalseAlarms} innovations between false alarms"),
                "The inflation is positive and not 1, the number above 1.");
        }

        _inflation = inflation;
        Threshold = Math.Log(meanBetweenFalseAlarms);
    }

    /// <summary>g, in nats.</summary>
    public double Statistic { get; private set; }

    /// <summary>h, in nats.</summary>
    public double Threshold { get; }

    /// <summary>Whether g has been above h since the last <see cref="Reset"/>.</summary>
    public bool IsAlarmed { get; private set; }

    /// <summary>The most likely first innovation after the change, by number from 0; of use once there is suspicion.</summary>
    public int ChangeStep => _start;

    /// <summary>The mean number of innovations from the change to the alarm, to first order.</summary>
    /// <param name="degrees">Components of an innovation.</param>
    public double ExpectedDelay(int degrees) => Threshold / (0.5 * degrees * (_inflation - 1.0 - Math.Log(_inflation)));

    /// <summary>Adds an innovation.</summary>
    /// <param name="nis">r' S^-1 r; a number that is not finite alarms at once.</param>
    /// <param name="degrees">Components that were present; 0 for none.</param>
    /// <returns>Whether there is an alarm, now or before.</returns>
    public bool Add(double nis, int degrees)
    {
        _step++;
        if (degrees > 0)
        {
            if (Statistic <= 0.0 && !IsAlarmed)
            {
                _start = _step;
            }

            double gain = 0.5 * ((nis * (1.0 - (1.0 / _inflation))) - (degrees * Math.Log(_inflation)));
            Statistic = double.IsFinite(nis) ? Math.Max(0.0, Statistic + gain) : double.PositiveInfinity;
            IsAlarmed |= Statistic > Threshold;
        }

        return IsAlarmed;
    }

    /// <summary>Forgets suspicion and alarm; the count of innovations goes on.</summary>
    public void Reset() => (Statistic, IsAlarmed) = (0.0, false);
}
