using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Requirements;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles;

/// <summary>Writes plans as sentences: <c>model.Ensemble(size: 1000).Vary("e", new Normal(0.8, 0.02)).Run(on: cpu)</c>.</summary>
/// <remarks>
/// Plans are immutable: every method returns a new one. Texts are read with the names of the model at once; everything else is checked when the
/// plan is validated, before it runs.
/// </remarks>
public static class EnsembleExtensions
{
    /// <summary>An ensemble of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="size">The number of trajectories.</param>
    /// <param name="until">End time in seconds; null for that of the model's experiment.</param>
    /// <param name="seed">Seed of every random number.</param>
    /// <param name="useExperiment">Whether to begin with the commands and the solver that the model suggests.</param>
    /// <exception cref="ModelException">No end time is given, and the model suggests none.</exception>
    public static EnsemblePlan Ensemble(this HybridAutomaton model, long size, double? until = null, ulong seed = 1, bool useExperiment = true)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new()
        {
            Model = model,
            Size = size,
            Until = until ?? model.Experiment?.Until ?? throw new ModelException(
                model.Name, "the model suggests no end time", "Give one: Ensemble(size: 1000, until: 10)."),
            Seed = seed,
            Commands = useExperiment ? model.Experiment?.Commands ?? [] : [],
            Solver = PlanSolver.Of(useExperiment ? model : null),
        };
    }

    /// <summary>Sets a parameter, initial state, discrete variable or constant input in every trajectory.</summary>
    public static EnsemblePlan Set(this EnsemblePlan plan, string name, double value) => plan with { Values = plan.Values.SetItem(name, value) };

    /// <summary>Gives a command at a time, in seconds.</summary>
    public static EnsemblePlan At(this EnsemblePlan plan, double time, string command) =>
        plan with { Commands = plan.Commands.Add(TimedCommand.Give(time, command)) };

    /// <summary>Sets a parameter, input, discrete variable or state at a time, in seconds.</summary>
    public static EnsemblePlan At(this EnsemblePlan plan, double time, (string Name, double Value) set) =>
        plan with { Commands = plan.Commands.Add(TimedCommand.Assign(time, set.Name, set.Value)) };

    /// <summary>Draws a parameter, initial state, discrete variable or constant input anew for each trajectory.</summary>
    public static EnsemblePlan Vary(this EnsemblePlan plan, string name, Distribution distribution) =>
        plan with { Variations = plan.Variations.Add(new(name, distribution)) };

    /// <summary>Correlates two varied quantities, as a Gaussian copula does.</summary>
    public static EnsemblePlan Correlate(this EnsemblePlan plan, string first, string second, double coefficient) =>
        plan with { Correlations = plan.Correlations.Add(new(first, second, coefficient)) };

    /// <summary>Redraws an input at the ticks of a clock.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="input">Name of the input.</param>
    /// <param name="distribution">How each value is distributed.</param>
    /// <param name="every">Seconds between ticks.</param>
    public static EnsemblePlan Disturb(this EnsemblePlan plan, string input, Distribution distribution, double every) =>
        plan with { Noise = plan.Noise.Add(new(input, distribution, every)) };

    /// <summary>Chooses how the samples fill their space.</summary>
    public static EnsemblePlan Using(this EnsemblePlan plan, SamplingDesign design) => plan with { Design = design };

    /// <summary>Chooses the integration method.</summary>
    public static EnsemblePlan Using(this EnsemblePlan plan, Solver solver) => plan with { Solver = solver };

    /// <summary>Adds a setting that is compared with others on the same samples.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="alternative">Its name in results.</param>
    /// <param name="values">What it sets.</param>
    public static EnsemblePlan Compare(this EnsemblePlan plan, string alternative, params ReadOnlySpan<(string Name, double Value)> values)
    {
        var settings = ImmutableDictionary.CreateBuilder<string, double>();
        foreach ((string name, double value) in values)
        {
            settings[name] = value;
        }

        return plan with { Alternatives = plan.Alternatives.Add(new(alternative, settings.ToImmutable())) };
    }

    /// <summary>Samples an expression at a regular spacing, from the start to the end.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="expression">A variable or expression: "y", "m*v^2/2".</param>
    /// <param name="every">Seconds between samples; those of several calls are joined, and everything is sampled at all of them.</param>
    /// <param name="name">Its name in results; null for the expression as it is written.</param>
    /// <exception cref="ModelException">The text is not an expression over the names of the model, or the spacing is impossible.</exception>
    public static EnsemblePlan Record(this EnsemblePlan plan, string expression, double every, string? name = null) =>
        plan.Record(expression, GridTimesBuilder.Every(every, plan.StartTime, plan.Until), name);

    /// <summary>Samples an expression at given times.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="expression">A variable or expression.</param>
    /// <param name="times">Times in seconds; those of several calls are joined, and everything is sampled at all of them.</param>
    /// <param name="name">Its name in results; null for the expression as it is written.</param>
    /// <exception cref="ModelException">The text is not an expression over the names of the model.</exception>
    public static EnsemblePlan Record(this EnsemblePlan plan, string expression, IEnumerable<double> times, string? name = null)
    {
        RecordedExpression record = Read(plan, "record.variables", expression, name);
        EnsembleRecording recording = plan.Recording;
        return plan with
        {
            Recording = recording with { Grid = recording.Grid.Add(record), GridTimes = GridTimesBuilder.Join(recording.GridTimes, times) },
        };
    }

    /// <summary>Samples the mode at a regular spacing, from the start to the end.</summary>
    /// <exception cref="ModelException">The spacing is impossible.</exception>
    public static EnsemblePlan RecordMode(this EnsemblePlan plan, double every) => plan with
    {
        Recording = plan.Recording with
        {
            GridMode = true,
            GridTimes = GridTimesBuilder.Join(plan.Recording.GridTimes, GridTimesBuilder.Every(every, plan.StartTime, plan.Until)),
        },
    };

    /// <summary>Keeps the value of an expression where the trajectory ends.</summary>
    /// <exception cref="ModelException">The text is not an expression over the names of the model.</exception>
    public static EnsemblePlan RecordFinal(this EnsemblePlan plan, string expression, string? name = null) => plan with
    {
        Recording = plan.Recording with { Final = plan.Recording.Final.Add(Read(plan, "record.final", expression, name)) },
    };

    /// <summary>Keeps the smallest and the largest value of an expression.</summary>
    /// <exception cref="ModelException">The text is not an expression over the names of the model.</exception>
    public static EnsemblePlan RecordExtrema(this EnsemblePlan plan, string expression, string? name = null) => plan with
    {
        Recording = plan.Recording with { Extrema = plan.Recording.Extrema.Add(Read(plan, "record.extrema", expression, name)) },
    };

    /// <summary>Keeps the first time at which a condition is true.</summary>
    /// <exception cref="ModelException">The text is not a condition over the names of the model.</exception>
    public static EnsemblePlan RecordPassage(this EnsemblePlan plan, string name, string condition) =>
        plan.RecordPassage(name, Read(plan, $"record.passages.{name}", condition));

    /// <summary>Keeps the first time at which a condition is true.</summary>
    public static EnsemblePlan RecordPassage(this EnsemblePlan plan, string name, Func<PlanVariables, Condition> condition) =>
        plan.RecordPassage(name, Write(plan, condition));

    /// <summary>Keeps the times and transitions of the first events.</summary>
    public static EnsemblePlan RecordEvents(this EnsemblePlan plan, int slots) => plan with { Recording = plan.Recording with { EventSlots = slots } };

    /// <summary>Asks for a condition that each trajectory must meet.</summary>
    /// <exception cref="ModelException">The text is not a condition over the names of the model.</exception>
    public static EnsemblePlan Require(
        this EnsemblePlan plan, string name, string condition, RequirementKind kind = RequirementKind.Always) =>
        plan.Require(name, Read(plan, $"require.{name}", condition), kind);

    /// <summary>Asks for a condition that each trajectory must meet.</summary>
    public static EnsemblePlan Require(
        this EnsemblePlan plan, string name, Func<PlanVariables, Condition> condition, RequirementKind kind = RequirementKind.Always) =>
        plan.Require(name, Write(plan, condition), kind);

    /// <summary>Asks for a requirement that each trajectory must meet: any formula on the simulator back-end, on lanes those on a condition.</summary>
    public static EnsemblePlan Require(this EnsemblePlan plan, Requirement requirement) =>
        plan with { Requirements = plan.Requirements.Add(requirement) };

    /// <summary>Keeps the robustness of each requirement, as the column <c>robustness(name)</c>.</summary>
    public static EnsemblePlan RecordRobustness(this EnsemblePlan plan) => plan with { Recording = plan.Recording with { Robustness = true } };

    /// <summary>Ends a trajectory when a condition becomes true.</summary>
    /// <exception cref="ModelException">The text is not a condition over the names of the model.</exception>
    public static EnsemblePlan StopWhen(this EnsemblePlan plan, string name, string condition) =>
        plan.StopWhen(name, Read(plan, $"stop.{name}", condition));

    /// <summary>Ends a trajectory when a condition becomes true.</summary>
    public static EnsemblePlan StopWhen(this EnsemblePlan plan, string name, Func<PlanVariables, Condition> condition) =>
        plan.StopWhen(name, Write(plan, condition));

    /// <summary>Runs the plan and collects the statistics.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="on">What runs it.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Ends the run early; what was finished is kept.</param>
    /// <exception cref="ModelException">The plan is not valid, or the back-end cannot run it; every finding at once.</exception>
    public static EnsembleResult Run(
        this EnsemblePlan plan, IEnsembleBackend on, EnsembleRunOptions? options = null, CancellationToken cancellation = default) =>
        EnsembleRun.Run(plan, on, options, cancellation);

    private static EnsemblePlan RecordPassage(this EnsemblePlan plan, string name, Condition condition) => plan with
    {
        Recording = plan.Recording with { Passages = plan.Recording.Passages.Add(new(name, condition)) },
    };

    private static EnsemblePlan Require(this EnsemblePlan plan, string name, Condition condition, RequirementKind kind) =>
        plan with { Requirements = plan.Requirements.Add(new(name, condition, kind)) };

    private static EnsemblePlan StopWhen(this EnsemblePlan plan, string name, Condition condition) =>
        plan with { Stops = plan.Stops.Add(new(name, condition)) };

    private static RecordedExpression Read(EnsemblePlan plan, string where, string expression, string? name) =>
        new(name ?? expression, AutomatonScope.Expression(plan.Model, where, expression));

    private static Condition Read(EnsemblePlan plan, string where, string condition) => AutomatonScope.Condition(plan.Model, where, condition);

    private static Condition Write(EnsemblePlan plan, Func<PlanVariables, Condition> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return condition(new PlanVariables(plan.Model));
    }
}
