using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>Checks whether filters, switching and measurements of a multiple-model estimator fit together.</summary>
internal static class ModeChecks
{
    /// <summary>Refuses filters that do not fit.</summary>
    /// <exception cref="ModelException">With every finding.</exception>
    public static void Check(IReadOnlyList<GaussianFilter> filters, ModeSwitching switching, ReadOnlySpan<double> initial)
    {
        var findings = new List<Finding>();
        if (filters.Count != switching.ModeCount)
        {
            findings.Add(new Finding(
                "modes.filters",
                FormattableString.Invariant($"{filters.Count} filters for a switching between {switching.ModeCount} modes"),
                "Give one filter for each mode."));
        }

        for (int i = 0; i < filters.Count; i++)
        {
            if (filters[i].Belief.DiffuseRank > 0)
            {
                findings.Add(new Finding(
                    FormattableString.Invariant($"modes.filters[{i}]"),
                    $"{filters[i].Belief.DiffuseRank} directions of its belief are unknown, which a mixture of modes cannot weigh",
                    "Give a finite covariance, or start the modes from a filter that has determined the states."));
            }
        }

        for (int i = 1; i < filters.Count; i++)
        {
            CheckPair(filters[0], filters[i], i, findings);
        }

        if (filters.Distinct().Count() < filters.Count)
        {
            findings.Add(new Finding(
                "modes.filters", "a filter stands for more than one mode", "Give each mode a filter of its own: it keeps the belief of its mode."));
        }

        CheckProbabilities(initial, filters.Count, findings);
        if (findings.Count > 0)
        {
            throw new ModelException(findings);
        }

        switching.CheckStates(filters[0].StateCount);
    }

    /// <summary>The sensor of an update, the first mode's if each has its own; refuses what does not fit before anything changes.</summary>
    /// <exception cref="ModelException">There is no sensor, or measurement, sensor and model do not fit together.</exception>
    public static MeasurementModel Sensor(ReadOnlySpan<GaussianFilter> filters, MeasurementModel? given, int count)
    {
        foreach (GaussianFilter filter in filters)
        {
            SensorCheck.Choose(given, filter.Sensor, filter.StateCount, count);
        }

        return given ?? filters[0].Sensor!;
    }

    /// <summary>Refuses a sensor that feels the process noise: a mixture of modes does not remember what it has felt.</summary>
    /// <exception cref="ModelException">It does.</exception>
    public static void CheckForgetful(MeasurementModel? sensor)
    {
        if (sensor is CorrelatedMeasurement)
        {
            throw new ModelException(
                SensorCheck.NameOf(sensor),
                "it feels the process noise, which is forgotten where beliefs of modes are mixed",
                "Use a sensor with noise of its own, or add the felt noise to the states.");
        }
    }

    private static void CheckPair(GaussianFilter first, GaussianFilter other, int i, List<Finding> findings)
    {
        string where = FormattableString.Invariant($"modes.filters[{i}]");
        if (other.StateCount != first.StateCount)
        {
            findings.Add(new Finding(
                where,
                FormattableString.Invariant($"{other.StateCount} states where the first mode has {first.StateCount}"),
                "Give all modes the same states: one that a mode does not use stays constant there, or goes to zero."));
        }

        if (other.Transition.InputCount != first.Transition.InputCount)
        {
            findings.Add(new Finding(
                where,
                FormattableString.Invariant($"{other.Transition.InputCount} inputs where the first mode has {first.Transition.InputCount}"),
                "Give all modes the same inputs."));
        }

        if (other.Time != first.Time)
        {
            findings.Add(new Finding(
                where, FormattableString.Invariant($"starts at {other.Time} s, the first mode at {first.Time} s"), "Start all filters at the same time."));
        }

        if (other.Transition.Geometry.IsFlat != first.Transition.Geometry.IsFlat)
        {
            findings.Add(new Finding(
                where, "its states are subtracted in another way than those of the first mode", "Give all transitions the same geometry."));
        }
    }

    private static void CheckProbabilities(ReadOnlySpan<double> initial, int modes, List<Finding> findings)
    {
        if (initial.IsEmpty)
        {
            return;
        }

        double sum = 0.0;
        bool isGood = initial.Length == modes;
        foreach (double probability in initial)
        {
            sum += probability;
            isGood &= probability >= 0.0;
        }

        if (!isGood || !(Math.Abs(sum - 1.0) <= 1e-9))
        {
            findings.Add(new Finding(
                "modes.initial",
                FormattableString.Invariant($"{initial.Length} numbers that add up to {sum}, for {modes} modes"),
                "Give one probability for each mode; they add up to one."));
        }
    }
}
