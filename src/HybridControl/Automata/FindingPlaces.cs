namespace HybridControl.Automata;

/// <summary>How findings call the parts of a model that are numbered in a file but named in C#.</summary>
/// <param name="Transition">The place of a transition, from its number in the model.</param>
/// <param name="Command">The place of an experiment's command, from its number in the experiment.</param>
internal sealed record FindingPlaces(Func<int, string> Transition, Func<int, string> Command)
{
    /// <summary>Transitions by name, commands by number.</summary>
    public static FindingPlaces For(HybridAutomaton automaton) => new(
        number => $"transitions.{automaton.Transitions[number].Name}",
        number => FormattableString.Invariant($"experiment.commands[{number}]"));
}
