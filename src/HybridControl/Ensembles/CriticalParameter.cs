using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Ensembles.Statistics;
using HybridControl.Numerics;
using HybridControl.Requirements;
using HybridControl.Solvers;

namespace HybridControl.Ensembles;

/// <summary>Finds the value of a parameter at which a requirement stops being met: clearing time, gain margin, stall speed.</summary>
/// <remarks>
/// <para>Without randomness: bisection on the verdict of whole runs. The verdict must change between the ends; if it changes more
/// than once, one of the changes is found.</para>
/// <para>With randomness: every sample of the plan keeps its random numbers and is bisected for itself, all at once. If a sample
/// meets the requirement on one side of its critical value only, then the probability of meeting it at a value is the part of the samples whose critical value
/// lies beyond, so the value for a given probability is a quantile of the critical values, and two order statistics bound it,
/// whatever the distribution. The interval needs a random design; with others it is too wide as a rule. Whether the
/// probability is right at the estimate is measured with other random numbers.</para>
/// </remarks>
public static class CriticalParameter
{
    /// <summary>Finds the critical value for a verdict of any kind, without randomness.</summary>
    /// <param name="parameter">Name of the parameter, for messages.</param>
    /// <param name="low">A value on one side.</param>
    /// <param name="high">A larger value on the other side.</param>
    /// <param name="isMet">Whether the requirement is met at a value.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="ModelException">The verdict is the same at both ends.</exception>
    public static CriticalParameterResult Find(
        string parameter, double low, double high, Func<double, bool> isMet, CriticalParameterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(isMet);
        return new CriticalSearch(parameter, low, high, values => [isMet(values[0]) ? 1.0 : 0.0])
            .Run(1, options ?? new CriticalParameterOptions());
    }

    /// <summary>Finds the critical value for a condition on a model, without randomness, on the simulator.</summary>
    /// <param name="model">The model.</param>
    /// <param name="parameter">A parameter, initial state, discrete variable or constant input.</param>
    /// <param name="low">A value on one side.</param>
    /// <param name="high">A larger value on the other side.</param>
    /// <param name="requirement">What a trajectory must meet.</param>
    /// <param name="until">End time in seconds.</param>
    /// <param name="solver">Integration method; null for Dormand and Prince's at its default tolerances.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="ModelException">A name or setting does not suit, or the verdict is the same at both ends; every finding at once.</exception>
    /// <exception cref="OperationCanceledException">The search was cancelled: there is no partial result.</exception>
    public static CriticalParameterResult Find(
        HybridAutomaton model, string parameter, double low, double high, Requirement requirement, double until, Solver? solver = null,
        CriticalParameterOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(requirement);
        var plan = new EnsemblePlan
        {
            Model = model,
            Size = 1,
            Until = until,
            Solver = solver ?? new DormandPrince5(),
            Requirements = [requirement],
        };
        return Find(plan, new SimulatorEnsembleBackend(1), parameter, low, high, requirement.Name, options, cancellation);
    }

    /// <summary>Finds the critical value for a requirement of a plan.</summary>
    /// <param name="plan">The plan. If nothing in it is random, one trajectory is run for each value, else as many as its size.</param>
    /// <param name="on">What runs it.</param>
    /// <param name="parameter">A parameter, initial state, discrete variable or constant input of the model that does not vary in the plan.</param>
    /// <param name="low">A value on one side.</param>
    /// <param name="high">A larger value on the other side.</param>
    /// <param name="requirement">Name of a requirement of the plan; null for the only one.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="ModelException">The plan does not suit, or the ends do not bracket what is asked for; every finding at once.</exception>
    /// <exception cref="OperationCanceledException">The search was cancelled: there is no partial result.</exception>
    public static CriticalParameterResult Find(
        EnsemblePlan plan, IEnsembleBackend on, string parameter, double low, double high, string? requirement = null,
        CriticalParameterOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(on);
        options ??= new CriticalParameterOptions();
        int column = Check(plan, parameter, requirement, options);
        bool isRandom = !plan.Variations.IsEmpty || !plan.Noise.IsEmpty || plan.Model.Compiled.IsRandom;
        EnsemblePlan searched = isRandom ? plan : plan with { Size = 1, Design = SamplingDesign.Random };
        double[][] samples = SamplesOf(searched);
        EnsemblePlan given = searched with
        {
            Design = SamplingDesign.Points,
            Correlations = [],
            Values = plan.Values.Remove(parameter),
            Variations = [.. plan.Variations, new(parameter, new Uniform(low, high))],
            Recording = new(),
        };
        EnsembleRun.Prepare(given with { Points = Rows(samples, [.. samples.Select(_ => low)]) }, on);
        CriticalParameterResult found = new CriticalSearch(
            parameter, low, high, values => Judge(given with { Points = Rows(samples, values) }, on, column, cancellation)).Run(samples.Length, options);
        return isRandom && options.Verify && plan.Design != SamplingDesign.Points
            ? Verified(plan, on, found, requirement ?? plan.Requirements[0].Name, cancellation)
            : found;
    }

    private static int Check(EnsemblePlan plan, string parameter, string? requirement, CriticalParameterOptions options)
    {
        if (plan.Variations.Any(variation => variation.Name == parameter))
        {
            throw new ModelException(parameter, "varies in the plan and is searched for", "Remove its variation.");
        }

        if (!plan.Alternatives.IsEmpty)
        {
            throw new ModelException(parameter, "the plan has alternatives", "Search for one at a time: put its values into the plan's.");
        }

        Normal01.RequireConfidence(options.Confidence);
        Normal01.RequireConfidence(options.Probability);
        string[] names = [.. plan.Requirements.Select(candidate => candidate.Name)];
        int place = requirement is null && names.Length == 1 ? 0 : Array.IndexOf(names, requirement);
        return place < 0
            ? throw new ModelException(
                parameter,
                requirement is null ? $"the plan has {names.Length} requirements" : $"no requirement '{requirement}'",
                names.Length == 0 ? "Give the plan a requirement." : requirement is null ? "Name one." : Suggestions.For(requirement, names))
            : EnsembleLayout.Of(plan with { Recording = new() }).FirstRequirement + place;
    }

    private static double[][] SamplesOf(EnsemblePlan plan)
    {
        var sampler = PlanSampler.For(plan);
        EnsembleLayout layout = EnsembleLayout.Of(plan with { Recording = new() });
        if (sampler.SampleCount * (plan.Variations.Length + 1) > Array.MaxLength)
        {
            throw new ModelException("size", $"{sampler.SampleCount} samples are more than a search holds", "Lower the size.");
        }

        double[][] samples = new double[sampler.SampleCount][];
        for (long b = 0; b < sampler.BlockCount; b++)
        {
            var block = new EnsembleBlock(layout, b * EnsembleBlock.Capacity, sampler.CountOf(b));
            sampler.Fill(block);
            for (int i = 0; i < block.Count; i++)
            {
                int index = i;
                samples[block.First + i] = [.. Enumerable.Range(0, plan.Variations.Length).Select(v => block.Sample(v)[index])];
            }
        }

        return samples;
    }

    private static ImmutableArray<double> Rows(double[][] samples, double[] values) =>
        [.. samples.SelectMany((sample, i) => sample.Append(values[i]))];

    private static double[] Judge(EnsemblePlan plan, IEnsembleBackend on, int column, CancellationToken cancellation)
    {
        double[] verdicts = new double[plan.Points.Length / plan.Variations.Length];
        on.Run(
            plan, 0, EnsembleBlock.CountOf(verdicts.Length),
            block =>
            {
                ReadOnlySpan<double> status = block.Scalar(EnsembleLayout.Status);
                ReadOnlySpan<double> met = block.Scalar(column);
                for (int i = 0; i < block.Count; i++)
                {
                    verdicts[block.First + i] = ColumnMap.IsGood(status[i]) ? met[i] : double.NaN;
                }
            },
            cancellation);
        return verdicts;
    }

    private static CriticalParameterResult Verified(
        EnsemblePlan plan, IEnsembleBackend on, CriticalParameterResult found, string requirement, CancellationToken cancellation)
    {
        EnsemblePlan fresh = plan with
        {
            Values = plan.Values.SetItem(found.Parameter, found.Estimate),
            Seed = plan.Seed ^ 0x9E3779B97F4A7C15,
            Recording = new(),
        };
        EnsembleResult result = EnsembleRun.Run(fresh, on, cancellation: cancellation);
        cancellation.ThrowIfCancellationRequested();
        return found with { Check = result.Requirement(requirement), Trajectories = found.Trajectories + result.Count };
    }
}
