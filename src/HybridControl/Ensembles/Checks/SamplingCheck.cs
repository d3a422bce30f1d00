using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Ensembles.Sampling;
using HybridControl.Numerics;

namespace HybridControl.Ensembles.Checks;

/// <summary>Checks what a plan needs for its samples: size, distributions, correlations and design.</summary>
internal static class SamplingCheck
{
    /// <summary>Adds everything that keeps the plan from being sampled.</summary>
    public static void Run(EnsemblePlan plan, FindingList findings)
    {
        int before = findings.Count;
        CheckSize(plan, findings);
        foreach (Variation variation in plan.Variations)
        {
            CheckDistribution($"vary.{variation.Name}", variation.Distribution, findings);
            if (plan.Design == SamplingDesign.Grid && variation.Distribution is not GridPoints)
            {
                findings.Error(
                    $"vary.{variation.Name}", $"a grid design needs points, but this is {WordFor(variation.Distribution)}",
                    "Give a grid of values, or choose a random, Latin hypercube or Sobol design.");
            }
        }

        for (int i = 0; i < plan.Noise.Length; i++)
        {
            CheckDistribution($"noise.{plan.Noise[i].Input}", plan.Noise[i].Distribution, findings);
        }

        if (plan.Design == SamplingDesign.Sobol && plan.Variations.Length > SobolDirections.Dimensions)
        {
            findings.Error(
                "design", $"{plan.Variations.Length} variations, but the Sobol sequence has {SobolDirections.Dimensions} dimensions here",
                "Use a Latin hypercube, or vary less.");
        }

        CheckCorrelations(plan, findings);
        if (findings.Count == before && PlanSampler.SampleCountOf(plan) is null)
        {
            findings.Error("vary", "the grid has more points than can be numbered", "Give each variation fewer points.");
        }
    }

    private static void CheckSize(EnsemblePlan plan, FindingList findings)
    {
        if (plan.Design == SamplingDesign.Grid)
        {
            return;
        }

        if (plan.Design == SamplingDesign.Points)
        {
            if (plan.Points.IsEmpty || plan.Variations.IsEmpty || plan.Points.Length % plan.Variations.Length != 0)
            {
                findings.Error(
                    "points", FormattableString.Invariant($"{plan.Points.Length} values for {plan.Variations.Length} variations"),
                    "Give a value for each variation in each row, and at least one row.");
            }
            else if (plan.Points.Any(value => !double.IsFinite(value)))
            {
                findings.Error("points", "a value is not a finite number", "Give finite numbers.");
            }

            return;
        }

        long most = plan.Design == SamplingDesign.Sobol ? 1L << SobolDirections.Bits : Philox4x32.Limit / plan.AlternativeCount;
        if (plan.Size <= 0)
        {
            findings.Error("size", FormattableString.Invariant($"the size is {plan.Size}"), "Ask for at least one trajectory.");
        }
        else if (plan.Size > most)
        {
            findings.Error("size", FormattableString.Invariant($"the size is {plan.Size}, but at most {most} can be numbered"), "Split the plan.");
        }
    }

    private static void CheckDistribution(string where, Distribution? distribution, FindingList findings)
    {
        if (distribution is null)
        {
            findings.Error(where, "there is no distribution", "Give one, such as Normal or Uniform.");
        }
        else if (distribution.Problem is { } problem)
        {
            findings.Error(where, $"{WordFor(distribution)}: {problem}", "Change the parameters of the distribution.");
        }
    }

    private static void CheckCorrelations(EnsemblePlan plan, FindingList findings)
    {
        if (plan.Correlations.IsEmpty)
        {
            return;
        }

        int before = findings.Count;
        if (plan.Design == SamplingDesign.Points)
        {
            findings.Error("correlations", "the points are given, so nothing can be correlated", "Remove the correlations, or choose another design.");
        }

        if (plan.Design == SamplingDesign.Grid)
        {
            findings.Error("correlations", "a grid design visits every combination, so nothing can be correlated", "Remove the correlations, or choose another design.");
        }

        string[] names = [.. plan.Variations.Select(variation => variation.Name)];
        var seen = new HashSet<(string, string)>();
        for (int i = 0; i < plan.Correlations.Length; i++)
        {
            Correlation pair = plan.Correlations[i];
            string where = FormattableString.Invariant($"correlations[{i}]");
            foreach (string name in new[] { pair.First, pair.Second }.Where(name => !names.Contains(name, StringComparer.Ordinal)))
            {
                findings.Error(where, $"'{name}' does not vary", Suggestions.For(name, names));
            }

            if (pair.First == pair.Second)
            {
                findings.Error(where, $"'{pair.First}' is correlated with itself", "Name two variations.");
            }

            if (!(pair.Coefficient > -1.0 && pair.Coefficient < 1.0))
            {
                findings.Error(where, FormattableString.Invariant($"the coefficient is {pair.Coefficient}"), "Give a number between -1 and 1, without the ends.");
            }

            if (!seen.Add((pair.First, pair.Second)) || (pair.First != pair.Second && seen.Contains((pair.Second, pair.First))))
            {
                findings.Error(where, $"'{pair.First}' and '{pair.Second}' are correlated twice", "Keep one of the two.");
            }
        }

        bool countable = names.Distinct(StringComparer.Ordinal).Count() == names.Length;
        if (findings.Count == before && countable && !GaussianCopula.TryCreate(plan, out _, out ImmutableArray<Correlation> blame))
        {
            string pairs = string.Join(", ", blame.Select(pair => FormattableString.Invariant($"{pair.First} with {pair.Second}: {pair.Coefficient}")));
            findings.Error(
                "correlations", $"no variables have these correlations: the matrix is not positive definite at {pairs}",
                "Bring them closer to zero, or give the correlations between their partners as well.");
        }
    }

    private static string WordFor(Distribution distribution) => distribution switch
    {
        Normal => "a normal distribution",
        LogNormal => "a log-normal distribution",
        Uniform => "a uniform distribution",
        Triangular => "a triangular distribution",
        Beta => "a beta distribution",
        Exponential => "an exponential distribution",
        Discrete => "a discrete distribution",
        Empirical => "an empirical distribution",
        GridPoints => "a grid of points",
        _ => $"the distribution {distribution.GetType().Name}",
    };
}
