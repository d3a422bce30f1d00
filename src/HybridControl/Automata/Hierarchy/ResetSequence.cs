using System.Collections.Immutable;
using HybridControl.Symbolics;

namespace HybridControl.Automata.Hierarchy;

/// <summary>Resets that follow each other, as one reset from the values before the first of them.</summary>
internal sealed class ResetSequence
{
    private readonly Dictionary<string, Expr> _values = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];

    /// <summary>Starts from the values before a jump.</summary>
    public ResetSequence()
    {
    }

    /// <summary>Starts from given values.</summary>
    public ResetSequence(IEnumerable<(string Name, Expr Value)> values)
    {
        foreach ((string name, Expr value) in values)
        {
            _values[name] = value;
            _order.Add(name);
        }
    }

    /// <summary>Every variable that was written, with its last value.</summary>
    public ImmutableArray<Assignment> Written => [.. _order.Select(name => new Assignment(name, _values[name]))];

    /// <summary>Adds a reset, whose values see those written before it but not each other.</summary>
    public void Then(IEnumerable<Assignment> reset)
    {
        Assignment[] seen = [.. reset.Select(assignment => assignment with { Value = See(assignment.Value) })];
        foreach (Assignment assignment in seen)
        {
            if (!_values.ContainsKey(assignment.Target))
            {
                _order.Add(assignment.Target);
            }

            _values[assignment.Target] = assignment.Value;
        }
    }

    // An output of what has changed is no longer the output: its definition takes its place.
    private Expr See(Expr value)
    {
        if (_values.Count == 0)
        {
            return value;
        }

        Replacement replacement = null!;
        replacement = new Replacement(e => e.Operation == Operation.Alias
            ? replacement.Of(e.Operands[0])
            : e.Kind is VariableKind.State or VariableKind.Discrete ? _values.GetValueOrDefault(e.Name!) : null);
        return replacement.Of(value);
    }
}
