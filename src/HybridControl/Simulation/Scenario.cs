using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Simulation;

/// <summary>A model with what is done to it: timed commands, settings and sampled blocks.</summary>
/// <remarks>Immutable: every method returns a new scenario. Nothing is checked until the run starts; then everything is.</remarks>
public sealed record Scenario
{
    private Scenario(HybridAutomaton model) => Model = model;

    /// <summary>The model.</summary>
    public HybridAutomaton Model { get; private init; }

    /// <summary>Commands and settings, in order of declaration.</summary>
    public ImmutableArray<TimedCommand> Commands { get; private init; } = [];

    /// <summary>Sampled blocks and the variables they read and write.</summary>
    public ImmutableArray<(ISampledBlock Block, ImmutableArray<string> From, ImmutableArray<string> To)> Blocks { get; private init; } = [];

    /// <summary>A scenario of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="useExperiment">Whether to begin with the commands that the model suggests.</param>
    public static Scenario For(HybridAutomaton model, bool useExperiment = true)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new(model) { Commands = useExperiment ? model.Experiment?.Commands ?? [] : [] };
    }

    /// <summary>Gives a command at a time, in seconds.</summary>
    public Scenario At(double time, string command) => this with { Commands = Commands.Add(TimedCommand.Give(time, command)) };

    /// <summary>Sets a parameter, input, discrete variable or state at a time, in seconds.</summary>
    public Scenario At(double time, (string Name, double Value) set) =>
        this with { Commands = Commands.Add(TimedCommand.Assign(time, set.Name, set.Value)) };

    /// <summary>The scenario with these commands and settings instead of its own.</summary>
    internal Scenario With(IEnumerable<TimedCommand> commands) => this with { Commands = [.. commands] };

    /// <summary>Runs a block of one input and one output at its ticks.</summary>
    public Scenario Sample(ISampledBlock block, string from, string to) => Sample(block, [from], [to]);

    /// <summary>Runs a block at its ticks.</summary>
    /// <param name="block">The block.</param>
    /// <param name="from">Variables it reads, one for each of its inputs.</param>
    /// <param name="to">Inputs or discrete variables it writes, one for each of its outputs.</param>
    public Scenario Sample(ISampledBlock block, IReadOnlyList<string> from, IReadOnlyList<string> to)
    {
        ArgumentNullException.ThrowIfNull(block);
        return this with { Blocks = Blocks.Add((block, [.. from], [.. to])) };
    }

    /// <summary>Simulates from the start time to <paramref name="until"/>.</summary>
    /// <exception cref="SimulationException">The run ended in an error; the exception carries the partial trajectory.</exception>
    /// <exception cref="ModelException">The scenario or the options do not fit the model; every finding at once.</exception>
    public Trajectory Simulate(
        double until, Solver? solver = null, SimulationOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= SimulationOptions.For(Model);
        return AutomatonSimulation.ThrowIfError(
            TrySimulate(until, solver is null ? options : options with { Solver = solver }, cancellation));
    }

    /// <summary>Simulates without throwing for what happens in the run: the status and the reason tell.</summary>
    /// <exception cref="ModelException">The scenario or the options do not fit the model; every finding at once.</exception>
    public Trajectory TrySimulate(
        double until, SimulationOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= SimulationOptions.For(Model);
        if (!(until >= options.StartTime) || !double.IsFinite(until))
        {
            throw new ModelException(
                "until",
                FormattableString.Invariant($"end time {until} s with start time {options.StartTime} s"),
                "Give a finite end time that is not before the start.");
        }

        RunEngine engine = CreateEngine(options);
        engine.Start();
        engine.Advance(until, cancellation);
        return engine.Finish();
    }

    /// <summary>Starts a run that a program advances step by step.</summary>
    /// <exception cref="ModelException">The scenario or the options do not fit the model; every finding at once.</exception>
    public SimulationRun Start(SimulationOptions? options = null)
    {
        options ??= SimulationOptions.For(Model);
        RunEngine engine = CreateEngine(options);
        engine.Start();
        return new(this, options, engine);
    }

    internal RunEngine CreateEngine(SimulationOptions options) => options.Chattering == ChatteringPolicy.Slide
        ? (this with { Model = Model.WithAllSliding() }).CreateEngineAsIs(options with { InitialMode = FirstSideOf(options.InitialMode) })
        : CreateEngineAsIs(options);

    /// <summary>Why a run cannot start; none if it can.</summary>
    internal ImmutableArray<Finding> FindingsOf(SimulationOptions options) => FindingsOf(options, isKnown: false);

    // A mode whose flow chooses has been split: its first side stands for it, and a handover puts that right at once.
    private string? FirstSideOf(string? mode) =>
        mode is null || Model.WithAllSliding().Modes.Any(known => known.Name == mode)
            ? mode
            : Model.WithAllSliding().Modes.FirstOrDefault(known => known.Name.StartsWith($"{mode}(", StringComparison.Ordinal))?.Name ?? mode;

    // A solver that the model has accepted before is not looked at again.
    private ImmutableArray<Finding> FindingsOf(SimulationOptions options, bool isKnown)
    {
        ImmutableArray<Finding> findings = ScenarioValidator.Validate(this, options, isKnown);
        if (!isKnown)
        {
            findings = [.. findings, .. SolverCheck.Of(Model, options.Solver), .. AlgebraicSolverCheck.Of(Model, options.Solver)];
        }

        return options.Sensitivities.IsDefaultOrEmpty ? findings : [.. findings, .. SensitivityCheck.Of(this, options)];
    }

    private RunEngine CreateEngineAsIs(SimulationOptions options)
    {
        CompiledAutomaton own = Model.Compiled;
        AcceptedSolver accepted = own.Derive(typeof(AcceptedSolver), static () => new AcceptedSolver());
        ImmutableArray<Finding> findings = FindingsOf(options, ReferenceEquals(accepted.Last, options.Solver));
        if (findings.Length > 0)
        {
            throw new ModelException(findings);
        }

        accepted.Last = options.Solver;

        CompiledAutomaton compiled = options switch
        {
            { Monitors.IsEmpty: true, Sensitivities.IsEmpty: true } => own,
            { Monitors.IsEmpty: true } => WithSensitivities(own, options.Sensitivities),
            _ => new CompiledAutomaton(Model, options.Sensitivities, [.. options.Monitors.Select(monitor => (monitor.Name, monitor.Condition))]),
        };
        return new RunEngine(compiled, options, Commands, BindBlocks(compiled)) { Scenario = this };
    }

    private CompiledAutomaton WithSensitivities(CompiledAutomaton own, ImmutableArray<string> names) => own.Derive(
        (typeof(SimulationOptions), string.Join('\n', names)), () => new CompiledAutomaton(Model, names, []));

    private BoundBlock[] BindBlocks(CompiledAutomaton compiled) =>
        Blocks.IsEmpty ? [] : [.. Blocks.Select((bound, i) => Bind(compiled, bound, i))];

    private BoundBlock Bind(
        CompiledAutomaton compiled,
        (ISampledBlock Block, ImmutableArray<string> From, ImmutableArray<string> To) bound,
        int number)
    {
        Expr[] inputs = [.. bound.From.Select(name => VariableOf(name))];
        int[] outputs =
        [
            .. bound.To.Select(name => compiled.Slots.TryGetSlot(VariableKind.Discrete, name, out int slot)
                ? slot
                : compiled.Inputs.First(input => input.Name == name).FirstSlot),
        ];
        string name = $"{bound.Block.GetType().Name} {number + 1}";
        return new(bound.Block, name, ExprProgram.Compile(compiled.Slots, inputs), outputs);
    }

    private Expr VariableOf(string name)
    {
        Output? output = Model.Outputs.FirstOrDefault(candidate => candidate.Name == name);
        if (output is not null)
        {
            return output.Definition;
        }

        VariableKind kind =
            Model.States.Any(state => state.Name == name) ? VariableKind.State :
            Model.Discretes.Any(discrete => discrete.Name == name) ? VariableKind.Discrete :
            Model.Inputs.Any(input => input.Name == name) ? VariableKind.Input : VariableKind.Parameter;
        return Expr.Variable(kind, name);
    }
}
