using System.Collections.Immutable;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>A flow written as expressions: one for each state that moves; the others rest.</summary>
/// <param name="Derivatives">Time derivative of each moving state, in declaration order.</param>
public sealed record ExprFlow(ImmutableArray<Assignment> Derivatives) : Flow
{
    /// <summary>A flow in which every state rests.</summary>
    public static ExprFlow AtRest { get; } = new(ImmutableArray<Assignment>.Empty);

    /// <summary>The derivative of a state; zero if it rests.</summary>
    public Expr DerivativeOf(string state)
    {
        foreach (Assignment derivative in Derivatives)
        {
            if (derivative.Target == state)
            {
                return derivative.Value;
            }
        }

        return Expr.Zero;
    }

    /// <inheritdoc/>
    public bool Equals(ExprFlow? other) =>
        other is not null && Derivatives.AsSpan().SequenceEqual(other.Derivatives.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Derivatives.Length;
}
