using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Automata.Networks;

/// <summary>Automata that run side by side: wired from outputs to inputs, sharing variables, firing together by labels.</summary>
/// <remarks>
/// <para>
/// <see cref="Compose"/> gives one automaton with a region for each component, whose description is the sum of those of the
/// components: twenty relays are forty modes, not a million. What is called <c>h</c> in component <c>tank</c> is called
/// <c>tank.h</c> there; its modes, transitions and sampled updates likewise. Commands and labels keep their names, so that
/// components meet in them. Estimation setups and experiments of components are left behind.
/// </para>
/// <para>
/// Immutable and thread-safe; equality is structural. The order of the components is an order of execution: of what is due
/// at one instant with equal priority, the component declared first goes first.
/// </para>
/// </remarks>
/// <example><code>
/// var network = AutomatonNetwork.Build("two tanks", n =>
/// {
///     ComponentBuilder upper = n.Component("upper", tank);
///     ComponentBuilder lower = n.Component("lower", tank, ("area", 2.0));
///     n.Wire(lower["inflow"], upper["outflow"]);
/// });
/// Trajectory run = network.Compose().Simulate(until: 60);
/// </code></example>
public sealed record AutomatonNetwork
{
    /// <summary>Name of the network.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in a sentence or two.</summary>
    public string Description { get; init; } = "";

    /// <summary>Where its equations and numbers come from.</summary>
    public string Source { get; init; } = "";

    /// <summary>The components, in order of execution.</summary>
    public ImmutableArray<NetworkComponent> Components { get; init; } = [];

    /// <summary>Variables that several components have in common.</summary>
    public ImmutableArray<SharedVariable> Shared { get; init; } = [];

    /// <summary>What drives the inputs of components; inputs without a wire keep their signals.</summary>
    public ImmutableArray<Wire> Wires { get; init; } = [];

    /// <summary>Named expressions over the variables of all components.</summary>
    public ImmutableArray<Output> Outputs { get; init; } = [];

    /// <summary>What a first run should do; null where nothing is suggested.</summary>
    public Experiment? Experiment { get; init; }

    /// <summary>Builds a network. Nothing is checked before <see cref="Compose"/>.</summary>
    public static AutomatonNetwork Build(string name, Action<NetworkBuilder> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        var builder = new NetworkBuilder(name);
        build(builder);
        return builder.ToNetwork();
    }

    /// <summary>One automaton with a region for each component.</summary>
    /// <exception cref="ModelException">
    /// Unknown or clashing names, wires in an algebraic loop, writes that exclude each other, labels that never meet; the
    /// exception carries all findings.
    /// </exception>
    public HybridAutomaton Compose()
    {
        HybridAutomaton composed = new NetworkComposer(this).Compose(out ImmutableArray<Finding> findings);
        return findings.Any(finding => finding.Severity == Severity.Error) ? throw new ModelException(findings) : composed;
    }

    /// <summary>Every finding about the network, in its order.</summary>
    public ImmutableArray<Finding> Validate()
    {
        new NetworkComposer(this).Compose(out ImmutableArray<Finding> findings);
        return findings;
    }

    /// <inheritdoc/>
    public bool Equals(AutomatonNetwork? other) =>
        other is not null && Name == other.Name && Description == other.Description && Source == other.Source &&
        Components.AsSpan().SequenceEqual(other.Components.AsSpan()) && Shared.AsSpan().SequenceEqual(other.Shared.AsSpan()) &&
        Wires.AsSpan().SequenceEqual(other.Wires.AsSpan()) && Outputs.AsSpan().SequenceEqual(other.Outputs.AsSpan()) &&
        Equals(Experiment, other.Experiment);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Components.Length, Wires.Length);
}
