using System.Collections.Immutable;
using System.Globalization;
using HybridControl.Diagnostics;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>Gathers innovations and errors of any filter over one run or many, and judges whether its covariances tell the truth.</summary>
/// <remarks>
/// Needs numbers only: a residual and a factor of its covariance, any A with A A' = covariance, row-major: a Cholesky factor, a square
/// root with more columns, the scaled anomalies of an ensemble. Covariances may be singular. Errors need the truth, as from a simulation;
/// innovations need nothing. Adding allocates nothing up to <see cref="ConsistencyOptions.Steps"/> steps. Not thread-safe.
/// </remarks>
public sealed class ConsistencyAccumulator
{
    private readonly ConsistencyOptions _options;
    private readonly ResidualAccumulator[] _measurements;
    private readonly ResidualAccumulator[] _states;
    private readonly ChiSquareAccumulator _nis;
    private readonly ChiSquareAccumulator _nees;
    private readonly Whitener _innovation;
    private readonly Whitener _error;
    private readonly DivergenceMonitor _divergence;
    private readonly int[] _all;
    private readonly int[] _components;
    private readonly double[] _difference;
    private readonly long[] _contradictions;

    /// <summary>Starts empty, in the first run.</summary>
    /// <param name="states">Number of states; 0 if there are no errors to add.</param>
    /// <param name="measurements">Number of measured components; 0 if there are no innovations to add.</param>
    /// <param name="options">Names and levels; null for the default ones.</param>
    /// <exception cref="ModelException">Names do not fit the numbers, or an option is out of range.</exception>
    public ConsistencyAccumulator(int states, int measurements, ConsistencyOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(states);
        ArgumentOutOfRangeException.ThrowIfNegative(measurements);
        _options = options ?? new();
        _options.Check();
        StateNames = NamesOf(_options.States, states, "x", "states");
        MeasurementNames = NamesOf(_options.Measurements, measurements, "z", "measurements");
        _measurements = [.. MeasurementNames.Select(name => new ResidualAccumulator(name, _options.Lags))];
        _states = [.. StateNames.Select(name => new ResidualAccumulator(name, 0))];
        _nis = new(independent: true, _options.Steps);
        _nees = new(independent: false, _options.Steps);
        _innovation = new(measurements, _options.ExactTolerance);
        _error = new(states, _options.ExactTolerance);
        _divergence = new(states, _options.Divergence);
        _all = [.. Enumerable.Range(0, measurements)];
        _components = new int[measurements];
        _difference = new double[states];
        _contradictions = new long[states + measurements];
    }

    /// <summary>Names of the states.</summary>
    public ImmutableArray<string> StateNames { get; }

    /// <summary>Names of the measured components.</summary>
    public ImmutableArray<string> MeasurementNames { get; }

    /// <summary>The first divergence; null while there is none.</summary>
    public Divergence? Divergence => _divergence.Found;

    /// <summary>Begins a new run: steps count from 0 again, and what follows is independent of what came before.</summary>
    public void BeginRun()
    {
        _nis.BeginRun();
        _nees.BeginRun();
        _divergence.BeginRun();
        Array.ForEach(_measurements, component => component.BeginRun());
        Array.ForEach(_states, component => component.BeginRun());
    }

    /// <summary>Adds the innovation of the next step, with all measured components.</summary>
    /// <param name="innovation">z - h(x), in the order of the names; NaN for a component that is missing.</param>
    /// <param name="factor">A with A A' = S, one row for each component, row-major. Rows of missing components are not read.</param>
    /// <exception cref="ModelException">The sizes do not fit.</exception>
    public void AddInnovation(ReadOnlySpan<double> innovation, ReadOnlySpan<double> factor)
    {
        CheckSizes("innovation", innovation.Length, _measurements.Length, factor.Length);
        AddInnovation(_all, innovation, factor);
    }

    /// <summary>Adds the innovation of some components, as where sensors report at times of their own.</summary>
    /// <param name="components">Numbers of the components, from 0, in the order of <paramref name="innovation"/>.</param>
    /// <param name="innovation">z - h(x); NaN for a component that should have come and did not.</param>
    /// <param name="factor">A with A A' = S of these components, row-major.</param>
    /// <exception cref="ModelException">The sizes do not fit.</exception>
    public void AddInnovation(ReadOnlySpan<int> components, ReadOnlySpan<double> innovation, ReadOnlySpan<double> factor)
    {
        CheckSizes("innovation", innovation.Length, components.Length, factor.Length);
        foreach (int component in components)
        {
            if (component < 0 || component >= _measurements.Length)
            {
                throw new ModelException(
                    "innovation", $"it is of component {component} of {_measurements.Length}", "Count components from 0, over all sensors that are judged.");
            }
        }

        bool finite = innovation.Length == 0 || _innovation.Whiten(innovation, factor);
        int degrees = finite && innovation.Length > 0 ? _innovation.Degrees : 0;
        _nis.Add(degrees > 0 ? _innovation.Distance : 0.0, degrees);
        _divergence.AddInnovation(finite ? _innovation.Distance : double.NaN, finite ? degrees : 1);
        for (int i = 0; i < components.Length; i++)
        {
            _measurements[components[i]].Add(finite ? innovation[i] : double.NaN, finite ? _innovation.Deviations[i] : double.NaN);
        }

        if (degrees > 0 && _innovation.Contradicted >= 0)
        {
            _contradictions[_states.Length + components[_innovation.Contradicted]]++;
        }
    }

    /// <summary>Adds the innovation of an update as an estimator shows it.</summary>
    /// <param name="innovation">The innovation; one without components passes over the step.</param>
    /// <param name="first">Number of the sensor's first component among those that are judged.</param>
    /// <exception cref="ModelException">The sensor has more components than are judged.</exception>
    public void AddInnovation(Innovation innovation, int first = 0)
    {
        ArgumentNullException.ThrowIfNull(innovation);
        Span<int> components = _components;
        if (innovation.Count > components.Length)
        {
            CheckSizes("innovation", innovation.Count, components.Length, innovation.Count * innovation.Count);
        }

        components = components[..innovation.Count];
        for (int i = 0; i < components.Length; i++)
        {
            components[i] = first + innovation.Component(i);
        }

        AddInnovation(components, innovation.Value, innovation.Factor);
    }

    /// <summary>Adds the error of a belief, where the truth is known.</summary>
    /// <param name="truth">The true state.</param>
    /// <param name="belief">What is believed of it.</param>
    /// <param name="geometry">How states are subtracted; null for plain numbers.</param>
    /// <exception cref="ModelException">The sizes do not fit.</exception>
    public void AddError(ReadOnlySpan<double> truth, GaussianBelief belief, StateGeometry? geometry = null)
    {
        ArgumentNullException.ThrowIfNull(belief);
        CheckSizes("truth", truth.Length, belief.Dimension, belief.Factor.Length);
        Span<double> error = _difference;
        if (geometry is null)
        {
            for (int i = 0; i < error.Length; i++)
            {
                error[i] = truth[i] - belief.Mean[i];
            }
        }
        else
        {
            geometry.Subtract(truth, belief.Mean, error);
        }

        AddError(error, belief.Factor);
    }

    /// <summary>Adds the estimation error of the next step, where the truth is known.</summary>
    /// <param name="error">Truth minus mean, by the state's own difference for angles; NaN for a state whose truth is not known.</param>
    /// <param name="factor">A with A A' = P, one row for each state, row-major.</param>
    /// <exception cref="ModelException">The sizes do not fit.</exception>
    public void AddError(ReadOnlySpan<double> error, ReadOnlySpan<double> factor)
    {
        CheckSizes("error", error.Length, _states.Length, factor.Length);
        bool finite = _error.Whiten(error, factor);
        _nees.Add(finite ? _error.Distance : 0.0, finite ? _error.Degrees : 0);
        for (int i = 0; i < error.Length; i++)
        {
            _states[i].Add(finite ? error[i] : double.NaN, finite ? _error.Deviations[i] : double.NaN);
        }

        if (finite && _error.Contradicted >= 0)
        {
            _contradictions[_error.Contradicted]++;
        }

        if (!finite || _error.Present == error.Length)
        {
            _divergence.AddBelief(error, _error.Deviations[..error.Length]);
        }
    }

    /// <summary>The verdict on what was gathered so far.</summary>
    public ConsistencyReport ToReport()
    {
        ImmutableArray<ResidualReport> measurements = [.. _measurements.Select(component => component.ToReport())];
        ImmutableArray<ResidualReport> states = [.. _states.Select(component => component.ToReport())];
        var verdict = new ConsistencyVerdict(
            _options.Confidence, _nis.ToSeries(_options.Confidence), _nees.ToSeries(_options.Confidence), measurements, states);
        verdict.AddContradictions([.. StateNames, .. MeasurementNames], _contradictions);
        verdict.AddDivergence(_divergence.Found, StateNames);
        return verdict.ToReport();
    }

    private static void CheckSizes(string what, int length, int expected, int factor)
    {
        if (length != expected || (length > 0 && (factor == 0 || factor % length != 0)) || (length == 0 && factor > 0))
        {
            throw new ModelException(
                what,
                string.Create(CultureInfo.InvariantCulture, $"{length} components where {expected} are expected, with a factor of {factor} numbers"),
                "Give each component a row of the factor, all rows of one length.");
        }
    }

    private static ImmutableArray<string> NamesOf(ImmutableArray<string> names, int count, string letter, string what)
    {
        if (names.IsDefaultOrEmpty)
        {
            return [.. Enumerable.Range(0, count).Select(i => letter + i.ToString(CultureInfo.InvariantCulture))];
        }

        if (names.Length != count)
        {
            throw new ModelException(
                $"names of {what}", string.Create(CultureInfo.InvariantCulture, $"{names.Length} names for {count} {what}"), "Name each, or none.");
        }

        return names;
    }
}
