using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Requirements.Robustness;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Simulated;

/// <summary>A plan as the simulator needs it: the model with its monitors, and programs for what is recorded. Thread-safe.</summary>
internal sealed class SimulatedPlan
{
    private readonly PlanSampler _sampler;
    private readonly ImmutableDictionary<string, double>[] _values;
    private readonly Dictionary<string, int> _transitions;

    public SimulatedPlan(EnsemblePlan plan, PlanSampler sampler)
    {
        _sampler = sampler;
        Plan = plan;
        Layout = EnsembleLayout.Of(plan);
        EnsembleRecording recording = plan.Recording;
        Conditions =
        [
            .. plan.Stops.Select(stop => stop.Condition),
            .. recording.Passages.Select(passage => passage.Condition),
        ];
        Monitors = [.. Conditions.Select((condition, i) => new EventMonitor(FormattableString.Invariant($"{i}"), condition))];
        Compiled = Monitors.IsEmpty
            ? plan.Model.Compiled
            : new CompiledAutomaton(plan.Model, [.. Monitors.Select(monitor => (monitor.Name, monitor.Condition))]);
        Grid = Compile(recording.Grid.Select(variable => variable.Value));
        Final = Compile(recording.Final.Select(final => final.Value));
        Extrema = Compile(recording.Extrema.Select(extremum => extremum.Value));
        Guards = Compile(Conditions.Select(condition => condition.ToGuardFunction()));
        Requirements = [.. plan.Requirements.Select(requirement => new FormulaProgram(requirement.Formula, Compiled))];
        Options = new SimulationOptions
        {
            StartTime = plan.StartTime,
            Seed = plan.Seed,
            Solver = plan.Solver,
            EventTolerance = plan.EventTolerance,
            Zeno = plan.Model.Zeno is { Action: ZenoAction.Continue or ZenoAction.GoTo } policy ? policy : ZenoPolicy.Stop,
            MaxJumpsPerInstant = plan.MaxJumpsPerInstant,
            MaxSteps = plan.MaxSteps,
            Monitors = Monitors,
            Recording = recording.GridTimes.IsEmpty && recording.Extrema.IsEmpty && plan.Stops.IsEmpty && plan.Requirements.IsEmpty
                ? Recording.Events
                : Recording.Everything,
        };
        MethodCode[] flows = Compiled.Modes.RegionCount == 1 ? ModeRuntimes.For(Compiled, plan.Solver).FirstOf(0).Codes : [];
        DenseDegree = plan.Solver.Start(Compiled.StateCount, new double[Compiled.DataCount + 1], flows).DenseDegree;
        _transitions = Layout.Transitions.Select((name, i) => (Name: name, i))
            .ToDictionary(entry => entry.Name, entry => entry.i, StringComparer.Ordinal);
        _values = plan.Alternatives.IsEmpty
            ? [plan.Values]
            : [.. plan.Alternatives.Select(alternative => plan.Values.SetItems(alternative.Values))];
    }

    public EnsemblePlan Plan { get; }

    public EnsembleLayout Layout { get; }

    /// <summary>Conditions of the stop rules and the passages, in this order; the monitors watch them.</summary>
    public ImmutableArray<Condition> Conditions { get; }

    public ImmutableArray<EventMonitor> Monitors { get; }

    public CompiledAutomaton Compiled { get; }

    public SimulationOptions Options { get; }

    public int DenseDegree { get; }

    public ExprProgram Grid { get; }

    public ExprProgram Final { get; }

    public ExprProgram Extrema { get; }

    /// <summary>The guard functions of the <see cref="Conditions"/>.</summary>
    public ExprProgram Guards { get; }

    /// <summary>The formulas of the requirements.</summary>
    public ImmutableArray<FormulaProgram> Requirements { get; }

    /// <summary>The number of the sample that a trajectory has: alternatives of a sample share its draws.</summary>
    public long SampleOf(long trajectory) => _sampler.SampleOf(trajectory);

    public int NumberOfTransition(string name) => _transitions[name];

    /// <summary>An empty block with its samples.</summary>
    public EnsembleBlock Begin(long number)
    {
        var block = new EnsembleBlock(Layout, number * EnsembleBlock.Capacity, _sampler.CountOf(number));
        _sampler.Fill(block);
        return block;
    }

    /// <summary>The values of one trajectory: those of the plan, of its alternative, of its sample, and the first draws of noise.</summary>
    public ImmutableDictionary<string, double> ValuesOf(EnsembleBlock block, int index)
    {
        long trajectory = block.First + index;
        ImmutableDictionary<string, double>.Builder values = _values[trajectory % Plan.AlternativeCount].ToBuilder();
        for (int i = 0; i < Plan.Variations.Length; i++)
        {
            values[Plan.Variations[i].Name] = block.Samples[(i * block.Count) + index];
        }

        for (int i = 0; i < Plan.Noise.Length; i++)
        {
            values[Plan.Noise[i].Input] = _sampler.Noise(i, trajectory, 0);
        }

        return values.ToImmutable();
    }

    /// <summary>The commands of the plan, and a setting for each later draw of noise.</summary>
    public ImmutableArray<TimedCommand> CommandsOf(EnsembleBlock block, int index)
    {
        if (Plan.Noise.IsEmpty)
        {
            return Plan.Commands;
        }

        ImmutableArray<TimedCommand>.Builder commands = Plan.Commands.ToBuilder();
        for (int i = 0; i < Plan.Noise.Length; i++)
        {
            NoiseInput noise = Plan.Noise[i];

            // One tick more than lies before the end: whether it falls on the end but for rounding is for the simulator to say, as on lanes.
            for (long k = 1; Plan.StartTime + ((k - 1) * noise.Period) <= Plan.Until; k++)
            {
                commands.Add(TimedCommand.Assign(
                    Plan.StartTime + (k * noise.Period), noise.Input, _sampler.Noise(i, block.First + index, k)));
            }
        }

        return commands.ToImmutable();
    }

    private ExprProgram Compile(IEnumerable<Expr> expressions) => ExprProgram.Compile(Compiled.Slots, [.. expressions]);
}
