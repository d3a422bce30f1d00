using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>An automaton as arrays of compiled functions.</summary>
internal sealed class CompiledAutomaton
{
    public CompiledAutomaton(HybridAutomaton automaton)
    {
        Automaton = automaton;
        Slots = new SlotMap();
    }

    public HybridAutomaton Automaton { get; }

    public SlotMap Slots { get; }
}
