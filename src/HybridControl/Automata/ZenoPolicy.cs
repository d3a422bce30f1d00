using System.Collections.Immutable;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>What happens when infinitely many events accumulate at a finite time.</summary>
/// <remarks>
/// Part of a model (<see cref="HybridAutomaton.Zeno"/>) or an option of a run, which outranks it. Immutable; equality is
/// structural.
/// </remarks>
public sealed record ZenoPolicy
{
    private ZenoPolicy(ZenoAction action) => Action = action;

    /// <summary>The run ends as an error that names the guard, the count, the ratio and the predicted time.</summary>
    public static ZenoPolicy Throw { get; } = new(ZenoAction.Throw);

    /// <summary>The run ends in good order with the status Zeno.</summary>
    public static ZenoPolicy Stop { get; } = new(ZenoAction.Stop);

    /// <summary>
    /// The run goes on and logs one warning for each guard, with the prediction. It ends all the same when ten thousand
    /// events have followed the warning, each closer to the one before than sqrt(eps) max(1, |t|).
    /// </summary>
    public static ZenoPolicy Continue { get; } = new(ZenoAction.Continue);

    /// <summary>What is done.</summary>
    public ZenoAction Action { get; }

    /// <summary>The mode that is entered; null unless the action is <see cref="ZenoAction.GoTo"/>.</summary>
    public string? Mode { get; private init; }

    /// <summary>What the jump to <see cref="Mode"/> writes; variables not named keep their value.</summary>
    public ImmutableArray<Assignment> Resets { get; private init; } = [];

    /// <summary>
    /// The run rests from the event that showed the accumulation until the predicted time, at most sqrt(eps) max(1, |t|) later,
    /// and jumps there: a jump called <c>zeno</c>, with both of its sides. Any other jump in between cancels it.
    /// </summary>
    /// <param name="mode">Name of the mode for what comes after, such as rest.</param>
    /// <param name="resets">Pairs of variable and new value; all read the values before the jump.</param>
    /// <example><code>h.Zeno(ZenoPolicy.GoTo("rest", (h, 0), (v, 0)));</code></example>
    public static ZenoPolicy GoTo(string mode, params ReadOnlySpan<(Expr Variable, Expr Value)> resets)
    {
        ArgumentNullException.ThrowIfNull(mode);
        var list = ImmutableArray.CreateBuilder<Assignment>(resets.Length);
        foreach ((Expr variable, Expr value) in resets)
        {
            list.Add(new(ModeBuilder.NameOf(variable), value));
        }

        return GoTo(mode, list.DrainToImmutable());
    }

    /// <inheritdoc/>
    public bool Equals(ZenoPolicy? other) =>
        other is not null && Action == other.Action && Mode == other.Mode && Resets.AsSpan().SequenceEqual(other.Resets.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Action, Mode, Resets.Length);

    internal static ZenoPolicy GoTo(string mode, ImmutableArray<Assignment> resets) =>
        new(ZenoAction.GoTo) { Mode = mode, Resets = resets };
}
