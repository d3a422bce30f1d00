using System.Collections.Immutable;
using System.Globalization;
using HybridControl.Numerics;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>Turns the numbers of a report into tests and findings.</summary>
internal sealed class ConsistencyVerdict
{
    private const int LeastSamples = 30;

    private readonly ChiSquareSeries? _nis;
    private readonly ChiSquareSeries? _nees;
    private readonly ImmutableArray<ResidualReport> _measurements;
    private readonly ImmutableArray<ResidualReport> _states;
    private readonly ImmutableArray<ConsistencyTest> _tests;
    private readonly double _level;
    private readonly List<ConsistencyFinding> _findings = [];

    public ConsistencyVerdict(
        double confidence,
        ChiSquareSeries? nis,
        ChiSquareSeries? nees,
        ImmutableArray<ResidualReport> measurements,
        ImmutableArray<ResidualReport> states)
    {
        (_nis, _nees, _measurements, _states) = (nis, nees, measurements, states);
        _tests = [.. Tests().Where(test => !double.IsNaN(test.PValue))];
        _level = (1.0 - confidence) / Math.Max(1, _tests.Length);
        JudgeInnovations();
        JudgeErrors();
        if ((_nis?.Count ?? 0) < LeastSamples && (_nees?.Count ?? 0) < LeastSamples)
        {
            Add(
                ConsistencyKind.Inconclusive, "samples", $"there are only {(_nis?.Count ?? 0)} innovations and {(_nees?.Count ?? 0)} errors",
                "Add samples: thirty at the very least, some hundreds to see a factor of 1.2 in a standard deviation.");
        }
    }

    public void AddContradictions(IReadOnlyList<string> names, ReadOnlySpan<long> counts)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (counts[i] > 0)
            {
                Add(
                    ConsistencyKind.Contradicted, names[i], $"it was off {counts[i]} times although its covariance says that it is known exactly",
                    "Give the state a prior variance, or process noise, or the sensor some measurement noise.");
            }
        }
    }

    public void AddDivergence(Divergence? divergence, ImmutableArray<string> states)
    {
        if (divergence is null)
        {
            return;
        }

        string mend = divergence.Reason switch
        {
            DivergenceReason.NonFinite => "Look for the first number that is not finite: a model outside of its domain, or a measurement that is infinite.",
            DivergenceReason.CovarianceCollapse => "The filter no longer listens: give the state process noise, inflate the covariance, or start it less sure.",
            DivergenceReason.CovarianceExplosion => "An unstable direction is not measured: look at the observability report, or lower Q there.",
            _ => "The belief is elsewhere than the system: start it closer or less sure, gate single outliers, or use a bank of models if the system has modes.",
        };
        string state = divergence.Component < 0 ? "" : states[divergence.Component];
        _findings.Insert(0, new(ConsistencyKind.Diverged, state.Length == 0 ? "filter" : state, divergence.Words(state), mend));
    }

    public ConsistencyReport ToReport() => new()
    {
        Nis = _nis,
        Nees = _nees,
        Measurements = _measurements,
        States = _states,
        Tests = _tests,
        Level = _level,
        Findings = [.. _findings],
    };

    private IEnumerable<ConsistencyTest> Tests()
    {
        if (_nis is not null)
        {
            yield return new("NIS", "ratio", _nis.Ratio, _nis.PValue);
        }

        if (_nees is not null)
        {
            yield return new("NEES", "ratio", _nees.Ratio, _nees.PValue);
        }

        foreach (ResidualReport component in _measurements)
        {
            yield return new(component.Name, "bias", component.Bias, component.BiasPValue);
            yield return new(component.Name, "spread", component.Spread, component.SpreadPValue);
            yield return new(component.Name, "whiteness", component.Whiteness!.LjungBox, component.Whiteness.PValue);
            yield return new(component.Name, "shape", component.Pit.ChiSquare, component.Pit.PValue);
        }

        foreach (ResidualReport component in _states)
        {
            yield return new(component.Name, "bias", component.Bias, component.BiasPValue);
            yield return new(component.Name, "spread", component.Spread, component.SpreadPValue);
        }
    }

    private void JudgeInnovations()
    {
        string color = Color();
        if (_nis is { } nis && nis.PValue < _level)
        {
            Add(
                nis.Ratio > 1.0 ? ConsistencyKind.Optimistic : ConsistencyKind.Pessimistic,
                "NIS",
                Invariant($"squared innovations are {nis.Ratio:G3} times what S says (right: {nis.Band.Lower:F3} to {nis.Band.Upper:F3})"),
                TuningAdvice(nis.Ratio, color));
        }

        bool scaled = _nis is { } all && all.PValue < _level;
        foreach (ResidualReport component in _measurements)
        {
            JudgeBias(component, BiasPValue(component), "Calibrate the sensor, check units and time stamps, or add a bias to the states.");
            if (component.SpreadPValue < _level && !scaled)
            {
                AddSpread(component, component.Spread > 1.0 ? "Raise R of this sensor." : "Lower R of this sensor.");
            }

            if (component.Whiteness!.PValue < _level)
            {
                Add(
                    ConsistencyKind.Colored,
                    component.Name,
                    Invariant($"innovations remember: lag one {component.Whiteness.Autocorrelation[0]:F3} (95 % of white noise within {component.Whiteness.Bound:F3}), Ljung-Box p = {component.Whiteness.PValue:G2}"),
                    scaled
                        ? "Mend NIS first; if colour stays, a state, a delay or a coloured noise is missing from the model."
                        : "Q and R are out of proportion, or a state, a delay or a coloured noise is missing from the model.");
            }

            if (component.Pit.PValue < _level && component.SpreadPValue >= _level && BiasPValue(component) >= _level)
            {
                Add(
                    ConsistencyKind.NotNormal,
                    component.Name,
                    Invariant($"mean and spread are right but the shape is not normal (PIT chi-square {component.Pit.ChiSquare:F1} with {component.Pit.Degrees} degrees of freedom)"),
                    "With outliers, gate them or use a Huber or Student-t update; with several humps, use a bank of models or particles.");
            }
        }
    }

    private void JudgeErrors()
    {
        bool scaled = _nees is { } all && all.PValue < _level;
        if (scaled)
        {
            ResidualReport worst = _states.MaxBy(state => Math.Abs(Math.Log(state.Spread)))!;
            Add(
                _nees!.Ratio > 1.0 ? ConsistencyKind.Optimistic : ConsistencyKind.Pessimistic,
                "NEES",
                Invariant($"squared errors are {_nees.Ratio:G3} times what P says (right: {_nees.Band.Lower:F3} to {_nees.Band.Upper:F3}), most of all in '{worst.Name}': rms {worst.Rms:G3} against {worst.StatedRms:G3}"),
                worst.BiasPValue < _level && worst.Bias * worst.Bias > 0.5 * (worst.Spread - 1.0) ? "Most of it is a bias: mend that first."
                    : _findings.Any(finding => finding.Where == "NIS") ? "Follow the advice on NIS first."
                    : _nees.Ratio > 1.0 ? "Raise Q of the states concerned; in a strongly nonlinear model use sigma points or iterate the update; give unmodelled constants a state."
                    : "Lower Q of the states concerned, or start them more sure.");
        }

        foreach (ResidualReport state in _states)
        {
            JudgeBias(state, state.BiasPValue, "Look for a force, an input or an offset that the model lacks; linearisation biases too: try sigma points.");
            if (state.SpreadPValue < _level && !scaled)
            {
                AddSpread(state, state.Spread > 1.0 ? "Raise Q of this state." : "Lower Q of this state.");
            }
        }
    }

    // The mean of innovations that are too large, or that remember, scatters more than the test of a right filter allows for.
    private double BiasPValue(ResidualReport component)
    {
        bool colored = component.Whiteness!.PValue < _level;
        if (!colored && !(component.SpreadPValue < _level))
        {
            return component.BiasPValue;
        }

        double memory = colored ? component.Whiteness.Autocorrelation.TakeWhile(r => r > component.Whiteness.Bound).Sum() : 0.0;
        return ChiSquare.Tail(1.0, component.Bias * component.Bias * component.Count / (component.Spread * (1.0 + (2.0 * memory))));
    }

    private void JudgeBias(ResidualReport component, double p, string mend)
    {
        if (p < _level)
        {
            Add(ConsistencyKind.Biased, component.Name, Invariant($"the mean residual is {component.Bias:F3} standard deviations"), mend);
        }
    }

    private void AddSpread(ResidualReport component, string mend) => Add(
        component.Spread > 1.0 ? ConsistencyKind.Optimistic : ConsistencyKind.Pessimistic,
        component.Name,
        Invariant($"the rms residual is {component.Rms:G3}, stated {component.StatedRms:G3}"),
        mend);

    // The sign of the memory from one innovation to the next tells a gain that is too small (+) from one that is too large (-).
    private string Color()
    {
        double sum = 0.0;
        foreach (ResidualReport component in _measurements)
        {
            if (component.Whiteness is { Autocorrelation: [double first, ..] } whiteness && whiteness.PValue < _level && Math.Abs(first) > whiteness.Bound)
            {
                sum += first;
            }
        }

        return sum > 0.0 ? "+" : sum < 0.0 ? "-" : "";
    }

    private static string TuningAdvice(double ratio, string color) => (ratio > 1.0, color) switch
    {
        (true, "+") => "Each innovation resembles the one before, so the gain is too small: raise the process noise Q until they are white.",
        (true, "-") => "Each innovation opposes the one before, so the gain is too large: raise the measurement noise R until they are white.",
        (true, _) => Invariant($"They are white, so the gain is right and only the scale is wrong: multiply both Q and R by {ratio:G3}."),
        (false, "+") => "Each innovation resembles the one before, so the gain is too small: lower the measurement noise R until they are white.",
        (false, "-") => "Each innovation opposes the one before, so the gain is too large: lower the process noise Q until they are white.",
        (false, _) => Invariant($"They are white, so the gain is right and only the scale is wrong: multiply both Q and R by {ratio:G3}."),
    };

    private void Add(ConsistencyKind kind, string where, string what, string mend) => _findings.Add(new(kind, where, what, mend));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
