using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>Watches a filter while it runs and says when it has lost the system.</summary>
/// <remarks>Costs O(n) a step and allocates nothing until it finds something. Not thread-safe.</remarks>
public sealed class DivergenceMonitor
{
    private readonly DivergenceOptions _options;
    private readonly double[] _first;
    private int _run;
    private int _step = -1;
    private bool _started;
    private int _streak;
    private int _collapsed = -1;
    private double _smallest;
    private int _gateDegrees = -1;
    private double _gate;

    /// <summary>Starts at the first run.</summary>
    /// <param name="states">How many states beliefs have; 0 if only innovations are watched.</param>
    /// <param name="options">Limits; null for the default ones.</param>
    /// <exception cref="ModelException">A limit is out of range.</exception>
    public DivergenceMonitor(int states, DivergenceOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(states);
        _options = options ?? new();
        ConsistencyOptions.CheckConfidence(_options.Gate);
        if (_options.Patience < 1 || !(_options.Collapse >= 0.0) || !(_options.Explosion > 1.0))
        {
            throw new ModelException(
                "divergence options",
                FormattableString.Invariant($"patience {_options.Patience}, collapse {_options.Collapse}, explosion {_options.Explosion}"),
                "Patience is at least 1, collapse at least 0, explosion above 1.");
        }

        _first = new double[states];
    }

    /// <summary>The first divergence; null while there is none.</summary>
    public Divergence? Found { get; private set; }

    /// <summary>Begins a new run.</summary>
    public void BeginRun()
    {
        _run += _step >= 0 || _started ? 1 : 0;
        (_step, _started, _streak, _collapsed) = (-1, false, 0, -1);
    }

    /// <summary>Looks at the next innovation.</summary>
    /// <param name="nis">r' S^-1 r.</param>
    /// <param name="degrees">Components that were present; 0 for none.</param>
    /// <returns>Whether a divergence has been found, now or before.</returns>
    public bool AddInnovation(double nis, int degrees)
    {
        _step++;
        if (degrees <= 0)
        {
            return Found is not null;
        }

        if (degrees != _gateDegrees)
        {
            (_gateDegrees, _gate) = (degrees, ChiSquare.Quantile(degrees, _options.Gate));
        }

        if (!double.IsFinite(nis))
        {
            Report(DivergenceReason.NonFinite, -1, nis, _gate);
        }

        _streak = nis > _gate ? _streak + 1 : 0;
        if (_streak >= _options.Patience)
        {
            if (_collapsed >= 0)
            {
                Report(DivergenceReason.CovarianceCollapse, _collapsed, _smallest, _options.Collapse * _first[_collapsed]);
            }
            else
            {
                Report(DivergenceReason.InnovationsBeyondGate, -1, nis, _gate);
            }
        }

        return Found is not null;
    }

    /// <summary>Looks at the belief after the innovation.</summary>
    /// <param name="mean">Mean, or error of the mean, of each state.</param>
    /// <param name="deviations">Standard deviation of each state. The first ones of a run set the scale.</param>
    /// <returns>Whether a divergence has been found, now or before.</returns>
    /// <exception cref="ModelException">There are not as many numbers as states.</exception>
    public bool AddBelief(ReadOnlySpan<double> mean, ReadOnlySpan<double> deviations)
    {
        CovarianceFactor.CheckCount("divergence: means", mean.Length, _first.Length);
        CovarianceFactor.CheckCount("divergence: deviations", deviations.Length, _first.Length);
        bool first = !_started;
        _started = true;
        _collapsed = -1;
        for (int i = 0; i < _first.Length; i++)
        {
            double deviation = deviations[i];
            if (!double.IsFinite(mean[i]) || !double.IsFinite(deviation))
            {
                Report(DivergenceReason.NonFinite, i, deviation, double.NaN);
            }
            else if (first)
            {
                _first[i] = deviation;
            }
            else if (_first[i] > 0.0 && deviation > _options.Explosion * _first[i])
            {
                Report(DivergenceReason.CovarianceExplosion, i, deviation, _options.Explosion * _first[i]);
            }
            else if (deviation < _options.Collapse * _first[i])
            {
                (_collapsed, _smallest) = (i, deviation);
            }
        }

        return Found is not null;
    }

    private void Report(DivergenceReason reason, int component, double value, double limit) =>
        Found ??= new(reason, _run, Math.Max(0, _step), component, value, limit);
}
