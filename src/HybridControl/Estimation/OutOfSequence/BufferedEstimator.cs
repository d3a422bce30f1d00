using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>Uses measurements that come late as if they had come in time, as long as they are not later than a horizon.</summary>
/// <remarks>
/// Predictions and updates of the last seconds are kept with the belief before each. A late measurement sets the estimator
/// back to its time, is used there, and everything after it is done again: the result is exactly that of the right order.
/// A measurement before the horizon is answered by <see cref="EstimationStatus.OutOfOrder"/> and changes nothing. A sensor with
/// a known delay is given the time of its measurement in the same way. A late measurement costs as much as the
/// operations after it; steps allocate nothing once the buffer has grown to the horizon. What an estimator tells beside its belief, such
/// as probabilities of modes, is asked of the estimator itself. Not thread-safe.
/// Y. Bar-Shalom, IEEE Trans. Aerosp. Electron. Syst. 38 (2002), 769-777, on updates that do without the buffer.
/// </remarks>
public sealed class BufferedEstimator : IEstimator
{
    private readonly IRewindable _estimator;
    private readonly EstimatorSnapshot _present;
    private readonly List<LoggedOperation> _log = [];
    private readonly Stack<LoggedOperation> _free = new();

    /// <summary>Puts a buffer around an estimator, which is then predicted and updated through the buffer only.</summary>
    /// <param name="estimator">The estimator.</param>
    /// <param name="horizonSeconds">How late a measurement may be, in seconds.</param>
    /// <exception cref="ModelException">The horizon is negative or not a number.</exception>
    public BufferedEstimator(IRewindable estimator, double horizonSeconds)
    {
        ArgumentNullException.ThrowIfNull(estimator);
        if (!(horizonSeconds >= 0.0))
        {
            throw new ModelException(
                "buffer.horizonSeconds", FormattableString.Invariant($"the horizon {horizonSeconds} s"), "Give a number of seconds that is not negative.");
        }

        _estimator = estimator;
        _present = estimator.Snapshot();
        HorizonSeconds = horizonSeconds;
    }

    /// <summary>How late a measurement may be, in seconds.</summary>
    public double HorizonSeconds { get; }

    /// <inheritdoc/>
    public int StateCount => _estimator.StateCount;

    /// <inheritdoc/>
    public double Time => _estimator.Time;

    /// <inheritdoc/>
    public GaussianBelief Belief => _estimator.Belief;

    /// <inheritdoc/>
    /// <remarks>Of the update that is last in the order of time.</remarks>
    public Innovation Innovation => _estimator.Innovation;

    /// <inheritdoc/>
    public double LogLikelihood => _estimator.LogLikelihood;

    /// <inheritdoc/>
    public EstimationStatus Predict(double time, ReadOnlySpan<double> input = default)
    {
        if (!(time > Time))
        {
            return _estimator.Predict(time, input);
        }

        LoggedOperation operation = Rent();
        operation.Predict(Time, time, input);
        return Append(operation);
    }

    /// <inheritdoc/>
    public EstimationStatus Update(ReadOnlySpan<double> measurement, MeasurementModel? sensor = null)
    {
        LoggedOperation operation = Rent();
        operation.Update(Time, measurement, sensor);
        return Append(operation);
    }

    /// <summary>Learns from a measurement made at a given time, in the past or now.</summary>
    /// <param name="time">When it was made, in seconds, not after <see cref="Time"/>: predict first.</param>
    /// <param name="measurement">One number for each component; NaN where it is missing.</param>
    /// <param name="sensor">What was measured; null for the sensor that the estimator was made with.</param>
    /// <returns>How the update at that time ended; a measurement that was not used changes nothing.</returns>
    /// <exception cref="ModelException">Measurement, sensor and model do not fit together.</exception>
    public EstimationStatus UpdateAt(double time, ReadOnlySpan<double> measurement, MeasurementModel? sensor = null)
    {
        if (!(time <= Time))
        {
            return EstimationStatus.OutOfOrder;
        }

        int index = _log.Count;
        while (index > 0 && _log[index - 1].To > time)
        {
            index--;
        }

        if (index == _log.Count)
        {
            return time == Time ? Update(measurement, sensor) : EstimationStatus.OutOfOrder;
        }

        return time < Time - HorizonSeconds || _log[index].From > time
            ? EstimationStatus.OutOfOrder
            : Insert(index, time, measurement, sensor);
    }

    private EstimationStatus Append(LoggedOperation operation)
    {
        EstimationStatus status = operation.Run(_estimator);
        if (operation.IsPrediction && status != EstimationStatus.Done)
        {
            _free.Push(operation);
            return status;
        }

        _log.Add(operation);
        int past = 0;
        while (past < _log.Count && _log[past].To < Time - HorizonSeconds)
        {
            _free.Push(_log[past++]);
        }

        _log.RemoveRange(0, past);
        return status;
    }

    // The operation at 'index' is the first that ends after 'time': a prediction that starts there or before.
    private EstimationStatus Insert(int index, double time, ReadOnlySpan<double> measurement, MeasurementModel? sensor)
    {
        LoggedOperation next = _log[index];
        double end = next.To;
        bool divides = next.From < time;
        if (divides && !_estimator.CanDivideSteps)
        {
            return EstimationStatus.InsideStep;
        }

        _present.Take();
        next.Before.Restore();
        if (divides)
        {
            LoggedOperation rest = Rent();
            rest.Predict(time, end, next.Values);
            next.EndAt(time);
            _log.Insert(index + 1, rest);
        }

        int at = divides ? index + 1 : index;
        LoggedOperation update = Rent();
        update.Update(time, measurement, sensor);
        _log.Insert(at, update);
        EstimationStatus status;
        try
        {
            status = Replay(index, at);
        }
        catch (ModelException)
        {
            Remove(at, divides, next, end);
            throw;
        }

        if (status != EstimationStatus.Done)
        {
            Remove(at, divides, next, end);
        }

        return status;
    }

    // Does everything from 'first' on again; predictions and the new update must succeed.
    private EstimationStatus Replay(int first, int added)
    {
        for (int i = first; i < _log.Count; i++)
        {
            EstimationStatus status = _log[i].Run(_estimator);
            if (status != EstimationStatus.Done && (i == added || _log[i].IsPrediction))
            {
                return status;
            }
        }

        return EstimationStatus.Done;
    }

    // Undoes an insertion: the present as it was, and the log with the beliefs of before.
    private void Remove(int at, bool divided, LoggedOperation next, double end)
    {
        _free.Push(_log[at]);
        _log.RemoveAt(at);
        if (divided)
        {
            _free.Push(_log[at]);
            _log.RemoveAt(at);
            next.EndAt(end);
        }

        next.Before.Restore();
        for (int i = divided ? at - 1 : at; i < _log.Count; i++)
        {
            _log[i].Run(_estimator);
        }

        _present.Restore();
    }

    private LoggedOperation Rent() => _free.Count > 0 ? _free.Pop() : new LoggedOperation(_estimator);
}
