using System.Collections.Immutable;

namespace HybridControl.Automata;

/// <summary>Which states are absent in which mode, by number; made only for models whose modes have their own states.</summary>
internal sealed class ModeStates
{
    private readonly bool[][] _absent;

    private ModeStates(HybridAutomaton automaton) =>
        _absent = [.. automaton.Modes.Select(mode => automaton.States.Select(state => !mode.Has(state.Name)).ToArray())];

    /// <summary>The states of a model; null if every state exists in every mode.</summary>
    public static ModeStates? Of(HybridAutomaton automaton) =>
        automaton.Modes.Any(mode => mode.States is not null) ? new(automaton) : null;

    /// <summary>Whether a state is absent in a mode.</summary>
    public bool IsAbsent(int mode, int state) => _absent[mode][state];

    /// <summary>The number of states that are absent in a mode.</summary>
    public int AbsentIn(int mode) => _absent[mode].Count(absent => absent);

    /// <summary>The states with NaN for those that are absent.</summary>
    public ImmutableArray<double> Visible(int mode, ImmutableArray<double> states) =>
        [.. states.Select((value, i) => _absent[mode][i] ? double.NaN : value)];
}
