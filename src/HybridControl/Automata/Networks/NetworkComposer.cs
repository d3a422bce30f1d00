using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata.Networks;

/// <summary>Makes one automaton of a network: names in front of names, wires written out, a region for each component.</summary>
/// <remarks>Where a part is faulty a stand-in takes its place, so that everything else is still checked.</remarks>
internal sealed class NetworkComposer
{
    private readonly AutomatonNetwork _network;
    private readonly FindingList _findings = new();

    public NetworkComposer(AutomatonNetwork network) => _network = network;

    /// <summary>The automaton, to be used only if no finding is an error.</summary>
    public HybridAutomaton Compose(out ImmutableArray<Finding> findings)
    {
        var names = new NetworkNames(_network, _findings);
        var signals = new NetworkSignals(_network, names, _findings);
        ComposedComponent[] parts = [.. _network.Components.Select(component => new ComposedComponent(component, names, signals.NamesOf(component), _findings))];
        int before = _findings.Count;
        var composed = new HybridAutomaton
        {
            Name = _network.Name,
            Description = _network.Description,
            Source = _network.Source,
            Parameters = [.. parts.SelectMany(part => part.Parameters)],
            States = [.. parts.SelectMany(part => part.States).OrderBy(state => state.IsAlgebraic)],
            Discretes = [.. parts.SelectMany(part => part.Discretes)],
            Inputs = [.. parts.SelectMany(part => part.Inputs)],
            Tables = MergeTables(),
            Outputs = [.. signals.Ordered],
            Modes = [.. parts.SelectMany(part => part.Modes)],
            Transitions = [.. parts.SelectMany(part => part.Transitions)],
            SampledUpdates = [.. parts.SelectMany(part => part.SampledUpdates)],
            WienerProcesses = [.. parts.SelectMany(part => part.WienerProcesses)],
            InitialMode = string.Join(ModeTable.Separator, parts.Select(part => part.InitialMode)),
            Zeno = ZenoOf(parts),
            Experiment = _network.Experiment,
        };
        bool sound = before == 0;
        ImmutableArray<Finding> own = _findings.ToImmutable();
        findings =
        [
            .. own,
            .. AutomatonValidator.Validate(composed).Where(finding => sound || finding.Severity == Severity.Error)
                .Where(finding => !own.Any(known => known.Where == finding.Where)),
        ];
        return composed;
    }

    private ZenoPolicy? ZenoOf(ComposedComponent[] parts)
    {
        int[] asking = [.. Enumerable.Range(0, parts.Length).Where(i => parts[i].Zeno is not null)];
        foreach (int i in asking.Skip(1).Where(i => !parts[i].Zeno!.Equals(parts[asking[0]].Zeno)))
        {
            _findings.Error($"components.{_network.Components[i].Name}.zeno",
                $"'{_network.Components[asking[0]].Name}' goes on in another way where events accumulate",
                "A run has one policy: keep one of the two, or give the modes a threshold below which they rest.");
        }

        return asking.Length == 0 ? null : parts[asking[0]].Zeno;
    }

    private ImmutableArray<LookupTable> MergeTables()
    {
        var tables = new Dictionary<string, LookupTable>(StringComparer.Ordinal);
        foreach (NetworkComponent component in _network.Components)
        {
            foreach (LookupTable table in component.Model.Tables)
            {
                if (!tables.TryAdd(table.Name, table) && !tables[table.Name].Equals(table))
                {
                    _findings.Error($"components.{component.Name}.tables.{table.Name}", $"another component has a table '{table.Name}' of other values",
                        "Rename one of the two: tables keep their names in a network.");
                }
            }
        }

        return [.. tables.Values];
    }
}
