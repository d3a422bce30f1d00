using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>Smooths while a filter runs: the state some predictions ago, given everything measured since.</summary>
/// <remarks>
/// Made around a filter, which is used as ever. Each call goes back through the last predictions, about 4 n^3 multiplications for each
/// of them, and allocates nothing. Gives exactly what <see cref="RauchTungStriebelSmoother"/> gives for the measurements so
/// far. Not thread-safe.
/// </remarks>
/// <example><code>
/// var lagged = new FixedLagSmoother(filter, lag: 5);
/// filter.Predict(time);
/// filter.Update(measurement);
/// if (lagged.TrySmooth())
/// {
///     Console.WriteLine($"{lagged.Time}: {lagged.Belief.Mean[0]}");
/// }
/// </code></example>
public sealed class FixedLagSmoother
{
    private readonly ForwardRecord _record;
    private readonly BackwardStep _back;
    private GaussianBelief _spare;

    /// <summary>Starts to smooth behind a filter.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="lag">How many predictions the smoothed state lies back; positive.</param>
    /// <exception cref="ModelException">The filter cannot tell how the states before and after a prediction are correlated.</exception>
    public FixedLagSmoother(GaussianFilter filter, int lag)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lag);
        _record = new ForwardRecord(filter, lag);
        Lag = lag;
        int n = filter.StateCount;
        _back = new BackwardStep(_record);
        Belief = GaussianBelief.WithRoom(n);
        _spare = GaussianBelief.WithRoom(n);
        Time = filter.Time;
    }

    /// <summary>How many predictions the smoothed state lies back.</summary>
    public int Lag { get; }

    /// <summary>Time of <see cref="Belief"/>, in seconds.</summary>
    public double Time { get; private set; }

    /// <summary>The smoothed belief of the last <see cref="TrySmooth"/> that had one.</summary>
    public GaussianBelief Belief { get; private set; }

    /// <summary>Smooths the state that lies <see cref="Lag"/> predictions back, with all that the filter knows now.</summary>
    /// <returns>False until the filter has predicted that often.</returns>
    public bool TrySmooth()
    {
        if (_record.Count < Lag)
        {
            return false;
        }

        GaussianFilter filter = _record.Filter;
        Belief.CopyFrom(filter.Belief);
        for (int k = Lag - 1; k >= 0; k--)
        {
            _back.Apply(k, Belief, _spare);
            (Belief, _spare) = (_spare, Belief);
        }

        Time = _record[0].From;
        return true;
    }
}
