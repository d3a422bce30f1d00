using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Ensembles.Statistics;

namespace HybridControl.Ensembles;

/// <summary>Bisects the critical value of each of n samples at once.</summary>
/// <param name="parameter">Name of the parameter, for messages.</param>
/// <param name="low">Lower end of the bracket.</param>
/// <param name="high">Upper end.</param>
/// <param name="judge">Takes a value for each sample and gives 1 where the requirement is met, 0 where not, NaN where that is not known.</param>
internal sealed class CriticalSearch(string parameter, double low, double high, Func<double[], double[]> judge)
{
    private bool _isMetBelow;
    private long _trajectories;

    /// <summary>Searches, and reads the result off the critical values.</summary>
    /// <exception cref="ModelException">The ends do not bracket what is asked for.</exception>
    public CriticalParameterResult Run(int samples, CriticalParameterOptions options)
    {
        if (!(low < high) || !double.IsFinite(low) || !double.IsFinite(high))
        {
            throw new ModelException(
                parameter, FormattableString.Invariant($"the bracket goes from {low} to {high}"), "Give two finite ends, the lower first.");
        }

        double[] atLow = Judge(Filled(samples, low));
        double[] atHigh = Judge(Filled(samples, high));
        _isMetBelow = Count(atLow, 1.0) > Count(atHigh, 1.0) || (samples == 1 && atLow[0] == 1.0);
        if (samples == 1)
        {
            RequireBracket(atLow[0], atHigh[0]);
        }

        (double[] below, double[] above) = (Filled(samples, low), Filled(samples, high));
        bool[] isKnown = new bool[samples];
        bool[] isInside = new bool[samples];
        for (int i = 0; i < samples; i++)
        {
            double first = _isMetBelow ? atLow[i] : atHigh[i];
            double last = _isMetBelow ? atHigh[i] : atLow[i];
            isKnown[i] = !double.IsNaN(first) && !double.IsNaN(last) && first >= last;
            isInside[i] = isKnown[i] && first > last;
        }

        Bisect(below, above, isKnown, isInside, options);
        return samples == 1
            ? Result(0.5 * (below[0] + above[0]), new(below[0], above[0], 1.0), [0.5 * (below[0] + above[0])], 0)
            : Random(below, above, atLow, isKnown, isInside, options);
    }

    private void Bisect(double[] below, double[] above, bool[] isKnown, bool[] isInside, CriticalParameterOptions options)
    {
        double[] middle = new double[below.Length];
        for (int round = 0; round < options.Bisections; round++)
        {
            bool isDone = true;
            for (int i = 0; i < middle.Length; i++)
            {
                middle[i] = below[i] + (0.5 * (above[i] - below[i]));
                isDone &= !isInside[i] || !isKnown[i] || above[i] - below[i] <= options.Tolerance ||
                    middle[i] <= below[i] || middle[i] >= above[i];
            }

            if (isDone)
            {
                return;
            }

            double[] verdicts = Judge(middle);
            for (int i = 0; i < middle.Length; i++)
            {
                if (!isInside[i] || !isKnown[i])
                {
                    continue;
                }

                if (double.IsNaN(verdicts[i]))
                {
                    RequireVerdict(middle);
                    isKnown[i] = false;
                }
                else if (verdicts[i] == 1.0 == _isMetBelow)
                {
                    below[i] = middle[i];
                }
                else
                {
                    above[i] = middle[i];
                }
            }
        }
    }

    // The probability of meeting the requirement is the part of the samples whose critical value is not yet passed, so the value sought
    // is a quantile of the critical values, and order statistics bound it.
    private CriticalParameterResult Random(
        double[] below, double[] above, double[] atLow, bool[] isKnown, bool[] isInside, CriticalParameterOptions options)
    {
        int n = below.Length;
        double[] known =
        [
            .. Enumerable.Range(0, n).Where(i => isKnown[i]).Select(i =>
                isInside[i] ? 0.5 * (below[i] + above[i]) :
                atLow[i] == 1.0 == _isMetBelow ? double.PositiveInfinity : double.NegativeInfinity).Order(),
        ];
        int unknown = n - known.Length;
        double p = _isMetBelow ? 1.0 - options.Probability : options.Probability;
        double place = p * (known.Length - 1);
        int rank = (int)place;
        double estimate = known.Length == 0 ? double.NaN :
            known[rank] + (place > rank ? (place - rank) * (known[rank + 1] - known[rank]) : 0.0);
        if (!double.IsFinite(estimate))
        {
            double Met(double infinity) => (double)known.Count(value => value != infinity && (double.IsFinite(value) || value == -infinity)) / n;
            (double metLow, double metHigh) = _isMetBelow
                ? (Met(double.NegativeInfinity), (double)known.Count(double.IsPositiveInfinity) / n)
                : ((double)known.Count(double.IsNegativeInfinity) / n, Met(double.PositiveInfinity));
            throw new ModelException(
                parameter,
                FormattableString.Invariant(
                    $"the probability is {metLow} at {low} and {metHigh} at {high}, which does not bracket {options.Probability}; {unknown} of {n} samples are unknown"),
                "Move the ends, or ask for a probability between.");
        }

        // Unknown samples may lie anywhere: all below for the lower end, all above for the upper one.
        (long lower, long upper) = QuantileRanks.Of(n, p, options.Confidence);
        long lowerKnown = lower - unknown;
        return Result(
            estimate,
            new(
                lowerKnown < 1 ? double.NegativeInfinity : known[lowerKnown - 1],
                upper > known.Length ? double.PositiveInfinity : known[upper - 1],
                options.Confidence),
            [.. known.Where(double.IsFinite)],
            unknown);
    }

    private CriticalParameterResult Result(double estimate, ConfidenceInterval interval, double[] values, long unknown) => new()
    {
        Parameter = parameter,
        Estimate = estimate,
        Interval = interval,
        IsMetBelow = _isMetBelow,
        Trajectories = _trajectories,
        Values = new(Moments.Of(values, unknown), () => new OrderedSample(values)),
        Unknown = unknown,
        Findings = unknown == 0 ? [] : ImmutableArray.Create(new Finding(
            parameter, $"{unknown} samples have no critical value, because a trajectory failed or was met at the wrong end only",
            "The interval allows for them. See how their trajectories end, or narrow the bracket.", Severity.Warning)),
    };

    private double[] Judge(double[] values)
    {
        _trajectories += values.Length;
        return judge(values);
    }

    private void RequireBracket(double atLow, double atHigh)
    {
        var findings = new List<Finding>();
        foreach ((double end, double verdict) in new[] { (low, atLow), (high, atHigh) })
        {
            if (double.IsNaN(verdict))
            {
                findings.Add(Failed(end));
            }
        }

        if (findings.Count == 0 && atLow == atHigh)
        {
            findings.Add(new(
                parameter,
                FormattableString.Invariant($"the requirement is {(atLow == 1.0 ? "met" : "not met")} at both ends, {low} and {high}"),
                "Move an end so that the verdict changes between them."));
        }

        if (findings.Count > 0)
        {
            throw new ModelException(findings);
        }
    }

    private void RequireVerdict(double[] values)
    {
        if (values.Length == 1)
        {
            throw new ModelException([Failed(values[0])]);
        }
    }

    private Finding Failed(double value) => new(
        parameter, FormattableString.Invariant($"the trajectory at {value:R} failed, so that it is neither met nor not met"),
        "See how it ends, or move the ends away from it.");

    private static int Count(double[] values, double value) => values.Count(entry => entry == value);

    private static double[] Filled(int count, double value)
    {
        double[] values = new double[count];
        Array.Fill(values, value);
        return values;
    }
}
