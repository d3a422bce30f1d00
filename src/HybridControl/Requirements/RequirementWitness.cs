using System.Collections.Immutable;
using HybridControl.Simulation;

namespace HybridControl.Requirements;

/// <summary>The place in a run that decides a requirement: the comparison, when, on which side of a jump, and what it was.</summary>
/// <param name="Atom">The part of the formula that decides: a comparison, mode or firing.</param>
/// <param name="Margin">Its own robustness there: how far it is from changing, negative where it does not hold.</param>
/// <param name="Time">Time in seconds.</param>
/// <param name="JumpIndex">Jump index j.</param>
/// <param name="Side">Which side of an instant: before its first jump or after its last; null between instants and between two jumps of one.</param>
/// <param name="Mode">The active mode.</param>
/// <param name="Values">The variables of the comparison, with their units.</param>
public sealed record RequirementWitness(
    Formula Atom, double Margin, double Time, int JumpIndex, Side? Side, string Mode, ImmutableArray<(string Name, double Value, string Unit)> Values)
{
    /// <summary>The comparison with its values, as in "x &lt; 2 with x = 3.1 m".</summary>
    public string Comparison
    {
        get
        {
            string values = string.Join(", ", Values.Select(value =>
                FormattableString.Invariant($"{value.Name} = {value.Value:G6}") + (value.Unit.Length > 0 ? $" {value.Unit}" : "")));
            return values.Length > 0 ? $"{Atom} with {values}" : Atom.ToString();
        }
    }

    /// <summary>The place in words, as in "x &lt; 2 with x = 3.1 m at t = 4 s in mode 'on'".</summary>
    public override string ToString()
    {
        string side = Side switch
        {
            Simulation.Side.Left => ", just before the jump",
            Simulation.Side.Right => ", just after the jump",
            _ => "",
        };
        return FormattableString.Invariant($"{Comparison} at t = {Time:G9} s{side} in mode '{Mode}'");
    }
}
