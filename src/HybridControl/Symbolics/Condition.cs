namespace HybridControl.Symbolics;

/// <summary>A truth value that depends on time, states, variables and inputs: the stuff of guards and invariants.</summary>
/// <remarks>
/// Immutable and thread-safe; equality is structural. Join conditions with <c>&amp;</c>, <c>|</c> and <c>!</c>.
/// There is no conversion to <see cref="bool"/>: a condition is a description, its value changes along a run.
/// A condition keeps both sides of each comparison, so its guard function g (enabled where g is at least zero) comes
/// for free: a &gt;= b gives a - b, And is min, Or is max, Not is the negative.
/// </remarks>
public sealed class Condition : IEquatable<Condition>
{
    private Condition(ConditionKind kind) => Kind = kind;

    /// <summary>Always true.</summary>
    public static Condition True { get; } = new(ConditionKind.Literal) { Holds = true };

    /// <summary>Never true.</summary>
    public static Condition False { get; } = new(ConditionKind.Literal) { Holds = false };

    /// <summary>How this condition is built.</summary>
    public ConditionKind Kind { get; }

    /// <summary>The value of a literal.</summary>
    public bool Holds { get; private init; }

    /// <summary>The relation of a comparison.</summary>
    public Relation Relation { get; private init; }

    /// <summary>The left side of a comparison; the expression of <see cref="ConditionKind.Crosses"/>.</summary>
    public Expr? Left { get; private init; }

    /// <summary>The right side of a comparison.</summary>
    public Expr? Right { get; private init; }

    /// <summary>The first operand of And, Or and Not.</summary>
    public Condition? First { get; private init; }

    /// <summary>The second operand of And and Or.</summary>
    public Condition? Second { get; private init; }

    /// <summary>A comparison.</summary>
    public static Condition Compare(Expr left, Relation relation, Expr right) =>
        new(ConditionKind.Comparison) { Left = left, Relation = relation, Right = right };

    /// <summary>True at the instants where <paramref name="expression"/> passes through zero, upwards or downwards.</summary>
    /// <remarks>The remedy for equality: a guard <c>x == 3</c> is written <c>crosses(x - 3)</c>. Edge transitions only.</remarks>
    public static Condition Crosses(Expr expression) => new(ConditionKind.Crosses) { Left = expression };

    /// <summary>Both.</summary>
    public static Condition operator &(Condition a, Condition b) => new(ConditionKind.And) { First = a, Second = b };

    /// <summary>At least one.</summary>
    public static Condition operator |(Condition a, Condition b) => new(ConditionKind.Or) { First = a, Second = b };

    /// <summary>The opposite.</summary>
    public static Condition operator !(Condition a) => new(ConditionKind.Not) { First = a };

    /// <summary>The guard function g of this condition: enabled where g is at least zero.</summary>
    /// <remarks>Literals give plus or minus infinity, the neutral elements of min and max.</remarks>
    public Expr ToGuardFunction() => Kind switch
    {
        ConditionKind.Literal => Holds ? double.PositiveInfinity : double.NegativeInfinity,
        ConditionKind.Crosses => Left!,
        ConditionKind.And => Expr.Min(First!.ToGuardFunction(), Second!.ToGuardFunction()),
        ConditionKind.Or => Expr.Max(First!.ToGuardFunction(), Second!.ToGuardFunction()),
        ConditionKind.Not => -First!.ToGuardFunction(),
        _ => Relation is Relation.Less or Relation.LessOrEqual ? Right! - Left! : Left! - Right!,
    };

    /// <inheritdoc/>
    public bool Equals(Condition? other) =>
        ReferenceEquals(this, other) ||
        (other is not null && Kind == other.Kind && Holds == other.Holds && Relation == other.Relation &&
         Equals(Left, other.Left) && Equals(Right, other.Right) &&
         Equals(First, other.First) && Equals(Second, other.Second));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Condition);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Holds, Relation, Left, Right, First, Second);

    /// <summary>The condition as text that <see cref="ExprParser"/> reads back to an equal condition.</summary>
    public override string ToString() => ExprPrinter.Print(this);
}
