using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Automata;

/// <summary>A hybrid automaton: modes with their own differential equations, and transitions that jump between them.</summary>
/// <remarks>
/// Immutable and thread-safe; equality is structural. Build it in C# with <see cref="Build"/> or read it from a file.
/// Simulating compiles it once; the compiled form is kept with the automaton.
/// </remarks>
public sealed record HybridAutomaton
{
    private CompiledAutomaton? _compiled;

    /// <summary>Name of the model.</summary>
    public required string Name { get; init; }

    /// <summary>What the model is, in a sentence or two.</summary>
    public string Description { get; init; } = "";

    /// <summary>Where its equations and numbers come from.</summary>
    public string Source { get; init; } = "";

    /// <summary>Continuous states.</summary>
    public ImmutableArray<StateVariable> States { get; init; } = [];

    /// <summary>Discrete variables.</summary>
    public ImmutableArray<DiscreteVariable> Discretes { get; init; } = [];

    /// <summary>Parameters.</summary>
    public ImmutableArray<Parameter> Parameters { get; init; } = [];

    /// <summary>Inputs.</summary>
    public ImmutableArray<InputVariable> Inputs { get; init; } = [];

    /// <summary>Lookup tables, called by name in expressions.</summary>
    public ImmutableArray<LookupTable> Tables { get; init; } = [];

    /// <summary>Named expressions.</summary>
    public ImmutableArray<Output> Outputs { get; init; } = [];

    /// <summary>Modes.</summary>
    public ImmutableArray<Mode> Modes { get; init; } = [];

    /// <summary>Transitions, in the order in which they are considered at one instant.</summary>
    public ImmutableArray<Transition> Transitions { get; init; } = [];

    /// <summary>Sampled controllers that are part of the model.</summary>
    public ImmutableArray<SampledUpdate> SampledUpdates { get; init; } = [];

    /// <summary>Name of the mode at the start.</summary>
    public required string InitialMode { get; init; }

    /// <summary>What happens when events accumulate; null where the model does not say.</summary>
    public ZenoPolicy? Zeno { get; init; }

    /// <summary>What a first run should do; null where nothing is suggested.</summary>
    public Experiment? Experiment { get; init; }

    /// <summary>What is measured and what is uncertain, for estimators; null where nothing is said.</summary>
    public EstimationSetup? Estimation { get; init; }

    /// <summary>Builds an automaton and checks it.</summary>
    /// <exception cref="ModelException">The model has errors; the exception carries all of them.</exception>
    public static HybridAutomaton Build(string name, Action<AutomatonBuilder> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        var builder = new AutomatonBuilder(name);
        build(builder);
        HybridAutomaton automaton = builder.ToAutomaton();
        AutomatonValidator.ThrowIfInvalid(automaton);
        return automaton;
    }

    /// <summary>The mode of that name.</summary>
    /// <exception cref="ModelException">There is none.</exception>
    public Mode Mode(string name)
    {
        foreach (Mode mode in Modes)
        {
            if (mode.Name == name)
            {
                return mode;
            }
        }

        throw new ModelException(Name, $"no mode '{name}'", $"Modes: {string.Join(", ", Modes.Select(m => m.Name))}.");
    }

    /// <summary>The compiled form, made on first use after a check of the model.</summary>
    /// <exception cref="ModelException">The model has errors.</exception>
    internal CompiledAutomaton Compiled
    {
        get
        {
            // A copy made by 'with' inherits the field but is another model.
            CompiledAutomaton? compiled = _compiled;
            if (compiled is null || !ReferenceEquals(compiled.Automaton, this))
            {
                AutomatonValidator.ThrowIfInvalid(this);
                _compiled = compiled = new CompiledAutomaton(this);
            }

            return compiled;
        }
    }

    /// <inheritdoc/>
    public bool Equals(HybridAutomaton? other) =>
        other is not null && Name == other.Name && Description == other.Description && Source == other.Source &&
        InitialMode == other.InitialMode && Equals(Zeno, other.Zeno) && Equals(Experiment, other.Experiment) && Equals(Estimation, other.Estimation) &&
        Same(States, other.States) && Same(Discretes, other.Discretes) && Same(Parameters, other.Parameters) &&
        Same(Inputs, other.Inputs) && Same(Tables, other.Tables) && Same(Outputs, other.Outputs) &&
        Same(Modes, other.Modes) && Same(Transitions, other.Transitions) && Same(SampledUpdates, other.SampledUpdates);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, States.Length, Modes.Length, Transitions.Length);

    private static bool Same<T>(ImmutableArray<T> a, ImmutableArray<T> b) => a.AsSpan().SequenceEqual(b.AsSpan());
}
