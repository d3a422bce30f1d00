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
    private readonly int _hash;

    private Condition(
        ConditionKind kind,
        bool holds = false,
        Expr? left = null,
        Relation relation = Relation.Less,
        Expr? right = null,
        Condition? first = null,
        Condition? second = null)
    {
        Kind = kind;
        Holds = holds;
        Left = left;
        Relation = relation;
        Right = right;
        First = first;
        Second = second;
        _hash = HashCode.Combine(kind, holds, relation, left, right, first, second);
    }

    /// <summary>Always true.</summary>
    public static Condition True { get; } = new(ConditionKind.Literal, holds: true);

    /// <summary>Never true.</summary>
    public static Condition False { get; } = new(ConditionKind.Literal, holds: false);

    /// <summary>How this condition is built.</summary>
    public ConditionKind Kind { get; }

    /// <summary>The value of a literal.</summary>
    public bool Holds { get; }

    /// <summary>The relation of a comparison.</summary>
    public Relation Relation { get; }

    /// <summary>The left side of a comparison; the expression of <see cref="ConditionKind.Crosses"/>.</summary>
    public Expr? Left { get; }

    /// <summary>The right side of a comparison.</summary>
    public Expr? Right { get; }

    /// <summary>The first operand of And, Or and Not.</summary>
    public Condition? First { get; }

    /// <summary>The second operand of And and Or.</summary>
    public Condition? Second { get; }

    /// <summary>A comparison.</summary>
    public static Condition Compare(Expr left, Relation relation, Expr right) =>
        new(ConditionKind.Comparison, left: left, relation: relation, right: right);

    /// <summary>True at the instants where <paramref name="expression"/> passes through zero, upwards or downwards.</summary>
    /// <remarks>The remedy for equality: a guard <c>x == 3</c> is written <c>crosses(x - 3)</c>. Edge transitions only.</remarks>
    public static Condition Crosses(Expr expression) => new(ConditionKind.Crosses, left: expression);

    /// <summary>Both.</summary>
    public static Condition operator &(Condition a, Condition b) => new(ConditionKind.And, first: a, second: b);

    /// <summary>At least one.</summary>
    public static Condition operator |(Condition a, Condition b) => new(ConditionKind.Or, first: a, second: b);

    /// <summary>The opposite.</summary>
    public static Condition operator !(Condition a) => new(ConditionKind.Not, first: a);

    /// <summary>The guard function g of this condition: enabled where g is at least zero.</summary>
    /// <remarks>Literals give plus or minus infinity, the neutral elements of min and max.</remarks>
    public Expr ToGuardFunction()
    {
        var done = new Dictionary<object, Expr>(ReferenceEqualityComparer.Instance);
        PostOrder.Visit(this, done.ContainsKey, node =>
        {
            if (node is Condition condition)
            {
                done[node] = condition.GuardFunctionOver(done);
            }
        });
        return done[this];
    }

    /// <inheritdoc/>
    public bool Equals(Condition? other) => other is not null && StructuralEquality.AreEqual(this, other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Condition);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>The condition as text that <see cref="ExprParser"/> reads back to an equal condition.</summary>
    public override string ToString() => ExprPrinter.Print(this);

    private Expr GuardFunctionOver(Dictionary<object, Expr> done) => Kind switch
    {
        ConditionKind.Literal => Holds ? double.PositiveInfinity : double.NegativeInfinity,
        ConditionKind.Crosses => Left!,
        ConditionKind.And => Expr.Min(done[First!], done[Second!]),
        ConditionKind.Or => Expr.Max(done[First!], done[Second!]),
        ConditionKind.Not => -done[First!],
        _ => Relation is Relation.Less or Relation.LessOrEqual ? Right! - Left! : Left! - Right!,
    };
}
