using System.Collections.Immutable;
using HybridControl.Automata.Sliding;
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
    private HybridAutomaton? _declared;
    private HybridAutomaton? _expanded;
    private (HybridAutomaton Of, HybridAutomaton Is)? _sliding;

    /// <summary>Name of the model.</summary>
    public required string Name { get; init; }

    /// <summary>What the model is, in a sentence or two.</summary>
    public string Description { get; init; } = "";

    /// <summary>Where its equations and numbers come from.</summary>
    public string Source { get; init; } = "";

    /// <summary>Continuous states, and after them the algebraic variables.</summary>
    public ImmutableArray<StateVariable> States { get; init; } = [];

    /// <summary>Discrete variables.</summary>
    public ImmutableArray<DiscreteVariable> Discretes { get; init; } = [];

    /// <summary>Parameters.</summary>
    public ImmutableArray<Parameter> Parameters { get; init; } = [];

    /// <summary>Inputs.</summary>
    public ImmutableArray<InputVariable> Inputs { get; init; } = [];

    /// <summary>Lookup tables, called by name in expressions.</summary>
    public ImmutableArray<LookupTable> Tables { get; init; } = [];

    /// <summary>Wiener processes that diffusions name, besides those of single states.</summary>
    public ImmutableArray<WienerProcess> WienerProcesses { get; init; } = [];

    /// <summary>Named expressions.</summary>
    public ImmutableArray<Output> Outputs { get; init; } = [];

    /// <summary>Modes.</summary>
    public ImmutableArray<Mode> Modes { get; init; } = [];

    /// <summary>Transitions, in the order in which they are considered at one instant.</summary>
    public ImmutableArray<Transition> Transitions { get; init; } = [];

    /// <summary>Sampled controllers that are part of the model.</summary>
    public ImmutableArray<SampledUpdate> SampledUpdates { get; init; } = [];

    /// <summary>Name of the mode at the start; with several regions, the modes of all regions joined by " | ".</summary>
    public required string InitialMode { get; init; }

    /// <summary>What happens when events accumulate; null where the model does not say.</summary>
    public ZenoPolicy? Zeno { get; init; }

    /// <summary>What a first run should do; null where nothing is suggested.</summary>
    public Experiment? Experiment { get; init; }

    /// <summary>What is measured and what is uncertain, for estimators; null where nothing is said.</summary>
    public EstimationSetup? Estimation { get; init; }

    /// <summary>Names of the regions, in the order of their first modes; one of an empty name in an automaton without regions.</summary>
    /// <remarks>
    /// Regions run side by side: the state of the whole is one active mode of each, and the size of the description is the
    /// sum of its regions, not their product. Transitions lead from mode to mode within one region.
    /// </remarks>
    public ImmutableArray<string> Regions => [.. Modes.Select(mode => mode.Region).Distinct(StringComparer.Ordinal)];

    /// <summary>Whether more than one mode is active at a time.</summary>
    internal bool IsNetwork => Modes.Any(mode => mode.Region != Modes[0].Region);

    /// <summary>Whether some flow is no explicit differential equation: it has algebraic variables or a mass matrix.</summary>
    internal bool IsImplicit => States.Any(state => state.IsAlgebraic) || Modes.Any(mode => !mode.Mass.IsEmpty);

    /// <summary>Builds an automaton and checks it.</summary>
    /// <exception cref="ModelException">The model has errors; the exception carries all of them.</exception>
    public static HybridAutomaton Build(string name, Action<AutomatonBuilder> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        var builder = new AutomatonBuilder(name);
        build(builder);
        return builder.ToAutomaton().ExpandSliding();
    }

    /// <summary>This automaton with sliding modes between some of its modes.</summary>
    /// <param name="groups">Which modes may slide; see <see cref="SlidingModes"/> for what that adds.</param>
    /// <exception cref="ModelException">The model has errors, or modes cannot slide; all findings at once.</exception>
    public HybridAutomaton WithSliding(params ReadOnlySpan<SlidingModes> groups)
    {
        HybridAutomaton declared = Declared ?? this;
        return (declared with { Sliding = [.. declared.Sliding, .. groups] }).ExpandSliding();
    }

    /// <summary>
    /// This automaton with sliding modes wherever it may slide: between every two modes that hand over to each other at a surface,
    /// around every intersection of two surfaces, and in every mode whose flow chooses. What cannot slide stays as it is.
    /// </summary>
    /// <exception cref="ModelException">The model has errors.</exception>
    public HybridAutomaton WithAllSliding()
    {
        if (_sliding is not { } known || !ReferenceEquals(known.Of, this))
        {
            AutomatonValidator.ThrowIfInvalid(this);
            _sliding = known = (this, WithSliding([.. SlidingSearch.FindAll(this)]));
        }

        return known.Is;
    }

    /// <summary>Groups of modes that are still to be made explicit.</summary>
    internal ImmutableArray<SlidingModes> Sliding { get; init; } = [];

    /// <summary>The model that this one was expanded from; null if it was not.</summary>
    internal HybridAutomaton? Declared => _declared is { } declared && ReferenceEquals(declared._expanded, this) ? declared : null;

    /// <summary>The automaton with its groups made explicit.</summary>
    /// <exception cref="ModelException">The model has errors, or modes cannot slide; all findings at once.</exception>
    internal HybridAutomaton ExpandSliding()
    {
        AutomatonValidator.ThrowIfInvalid(this);
        if (Sliding.IsEmpty)
        {
            return this;
        }

        _expanded = SlidingTransform.Expand(this, Sliding, new FindingList());
        _expanded._declared = this;
        AutomatonValidator.ThrowIfInvalid(_expanded);
        return _expanded;
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
        Same(Inputs, other.Inputs) && Same(Tables, other.Tables) && Same(WienerProcesses, other.WienerProcesses) && Same(Outputs, other.Outputs) &&
        Same(Modes, other.Modes) && Same(Transitions, other.Transitions) && Same(SampledUpdates, other.SampledUpdates);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, States.Length, Modes.Length, Transitions.Length);

    private static bool Same<T>(ImmutableArray<T> a, ImmutableArray<T> b) => a.AsSpan().SequenceEqual(b.AsSpan());
}
