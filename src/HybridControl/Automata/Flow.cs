using System.Collections.Immutable;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>The differential equation of a mode: x' = f(t, x, d, p, u).</summary>
/// <remarks>An <see cref="ExprFlow"/> runs everywhere; a <see cref="DelegateFlow"/> runs on the CPU only.</remarks>
public abstract record Flow;

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

/// <summary>A flow written as a C# method over spans.</summary>
/// <param name="Function">The method; it must write every derivative and must not keep a span.</param>
/// <remarks>
/// Opaque: it runs on the CPU only, has no file form, and guards along it are searched without the benefit of an
/// expression for the flow. Everything else works as with expressions.
/// </remarks>
public sealed record DelegateFlow(FlowFunction Function) : Flow;

/// <summary>A right-hand side over spans.</summary>
/// <param name="time">Time, in seconds.</param>
/// <param name="states">The n states, in the order of the model.</param>
/// <param name="data">Parameters, then discrete variables, then inputs at <paramref name="time"/>, each in the order of the model.</param>
/// <param name="derivatives">Receives the n time derivatives.</param>
public delegate void FlowFunction(
    double time, ReadOnlySpan<double> states, ReadOnlySpan<double> data, Span<double> derivatives);
