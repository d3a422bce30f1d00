using System.Collections.Immutable;
using HybridControl.Dynamics;

namespace HybridControl.Automata;

/// <summary>Every Wiener process of a model with its stream of random numbers: declared ones first, then those of single states.</summary>
internal sealed class WienerTable
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    public WienerTable(HybridAutomaton automaton)
    {
        var streams = new List<uint>();
        for (int i = 0; i < automaton.WienerProcesses.Length; i++)
        {
            _numbers.Add(automaton.WienerProcesses[i].Name, streams.Count);
            streams.Add(WienerPaths.DeclaredStream + (uint)i);
        }

        HashSet<string> used = [.. automaton.Modes.SelectMany(mode => mode.Diffusion).Select(term => term.Process)];
        for (int i = 0; i < automaton.States.Length; i++)
        {
            if (used.Contains(automaton.States[i].Name) && _numbers.TryAdd(automaton.States[i].Name, streams.Count))
            {
                streams.Add(WienerPaths.OwnStream + (uint)i);
            }
        }

        Streams = [.. streams];
    }

    /// <summary>The stream of each process.</summary>
    public uint[] Streams { get; }

    /// <summary>The diffusion of a mode; null if it has none.</summary>
    public DiffusionFunction? Compile(CompiledAutomaton owner, Mode mode)
    {
        if (mode.Diffusion.IsEmpty)
        {
            return null;
        }

        ImmutableArray<string> processes =
            [.. mode.Diffusion.Select(term => term.Process).Distinct().OrderBy(name => _numbers[name])];
        return new DiffusionFunction(
            mode.Name,
            owner.Slots,
            [.. owner.Model.States.Select(state => state.Name)],
            processes,
            [.. processes.Select(name => _numbers[name])],
            [.. mode.Diffusion.Select(term => new DiffusionEntry(
                owner.Slots[Symbolics.VariableKind.State, term.State], processes.IndexOf(term.Process)))],
            [.. mode.Diffusion.Select(term => term.Value)]);
    }
}
