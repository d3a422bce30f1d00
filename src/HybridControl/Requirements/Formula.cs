using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Symbolics;

namespace HybridControl.Requirements;

/// <summary>A formula of signal temporal logic: what a run must do, and how clearly it does.</summary>
/// <remarks>
/// <para>
/// Immutable and thread-safe; equality is structural. Conditions become formulas by themselves, and formulas join with
/// <c>&amp;</c>, <c>|</c> and <c>!</c>: <c>Formula.Always(h &gt; 0) &amp; Formula.Eventually(Formula.Mode("rest"), to: 5)</c>.
/// Joined conditions are taken apart into comparisons, so that a verdict can name the one that decided, and chains of the
/// same operator are one node.
/// </para>
/// <para>
/// Its robustness is the space robustness of G. E. Fainekos and G. J. Pappas, Theor. Comput. Sci. 410 (2009), and A. Donze
/// and O. Maler, FORMATS (2010), over hybrid time: the points of a run are (t, j), a comparison has its guard function g
/// there, <c>!</c> is the negative, <c>&amp;</c> and <c>|</c> are min and max, and the temporal operators take the least
/// or greatest value over all points from here on whose time lies in the closed interval, both sides of every jump and
/// every value between two jumps of one instant included. Modes and firings have plus or minus infinity.
/// docs/theory/requirements.md has the definitions.
/// </para>
/// </remarks>
public sealed class Formula : IEquatable<Formula>
{
    /// <summary>How deep formulas may nest.</summary>
    public const int DeepestNesting = 200;

    private readonly int _hash;
    private readonly int _depth;

    private Formula(
        FormulaKind kind, ReadOnlySpan<Formula> operands, TimeInterval interval = default, Condition? condition = null, string name = "")
    {
        Kind = kind;
        Operands = [.. operands];
        Interval = interval;
        Condition = condition;
        Name = name;
        var hash = default(HashCode);
        hash.Add(kind);
        hash.Add(interval);
        hash.Add(condition);
        hash.Add(name);
        foreach (Formula operand in operands)
        {
            ArgumentNullException.ThrowIfNull(operand);
            hash.Add(operand._hash);
            _depth = Math.Max(_depth, operand._depth + 1);
        }

        _hash = hash.ToHashCode();
        CheckDepth(_depth);
    }

    /// <summary>How this formula is built.</summary>
    public FormulaKind Kind { get; }

    /// <summary>The parts of a formula that has parts.</summary>
    public ImmutableArray<Formula> Operands { get; }

    /// <summary>When a temporal operator looks, from the present on.</summary>
    public TimeInterval Interval { get; }

    /// <summary>The comparison or literal of a <see cref="FormulaKind.Condition"/>.</summary>
    public Condition? Condition { get; }

    /// <summary>The mode or transition of a <see cref="FormulaKind.Mode"/> or <see cref="FormulaKind.Fires"/>.</summary>
    public string Name { get; }

    /// <summary>How many seconds beyond the present it looks; infinity if that depends on where the run ends.</summary>
    public double Horizon
    {
        get
        {
            double deepest = Kind == FormulaKind.AtEnd ? double.PositiveInfinity : 0.0;
            foreach (Formula operand in Operands)
            {
                deepest = Math.Max(deepest, operand.Horizon);
            }

            return IsTemporal ? Interval.To + deepest : deepest;
        }
    }

    internal bool IsTemporal => Kind is FormulaKind.Always or FormulaKind.Eventually or FormulaKind.Until;

    internal bool IsAtom => Kind is FormulaKind.Condition or FormulaKind.Mode or FormulaKind.Fires;

    /// <summary>A condition holds now.</summary>
    public static implicit operator Formula(Condition condition) => Of(condition);

    /// <summary>A condition holds now.</summary>
    public static Formula Of(Condition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return Split(condition, 0);
    }

    /// <summary>A mode is active.</summary>
    public static Formula Mode(string name) => new(FormulaKind.Mode, [], name: Named(name));

    /// <summary>A transition fires, or several under a label that they share: holds at the point (t, j) that it has led to.</summary>
    public static Formula Fires(string transition) => new(FormulaKind.Fires, [], name: Named(transition));

    /// <summary>All of several formulas.</summary>
    public static Formula All(params ReadOnlySpan<Formula> formulas) => Join(FormulaKind.And, formulas);

    /// <summary>At least one of several formulas.</summary>
    public static Formula Any(params ReadOnlySpan<Formula> formulas) => Join(FormulaKind.Or, formulas);

    /// <summary>A formula holds at all times from <paramref name="from"/> to <paramref name="to"/> seconds after the present.</summary>
    /// <exception cref="ModelException">The interval is none.</exception>
    public static Formula Always(Formula formula, double from = 0.0, double to = double.PositiveInfinity) =>
        new(FormulaKind.Always, [formula], new TimeInterval(from, to).Checked());

    /// <summary>A formula holds at some time from <paramref name="from"/> to <paramref name="to"/> seconds after the present.</summary>
    /// <exception cref="ModelException">The interval is none.</exception>
    public static Formula Eventually(Formula formula, double from = 0.0, double to = double.PositiveInfinity) =>
        new(FormulaKind.Eventually, [formula], new TimeInterval(from, to).Checked());

    /// <summary>A formula holds when the run ends.</summary>
    public static Formula AtEnd(Formula formula) => new(FormulaKind.AtEnd, [formula]);

    /// <summary>Reads a formula over the names of a model, as written in docs/guide/requirements.md.</summary>
    /// <exception cref="ExprParseException">The text is not a formula; the message shows where and why.</exception>
    public static Formula Parse(string text, HybridAutomaton model) => new FormulaParser(text, model).Read();

    /// <summary>This formula up to a time in the interval at which another holds; at that time both do.</summary>
    /// <exception cref="ModelException">The interval is none.</exception>
    public Formula Until(Formula other, double from = 0.0, double to = double.PositiveInfinity) =>
        new(FormulaKind.Until, [this, other], new TimeInterval(from, to).Checked());

    /// <summary>Another formula, if this one holds.</summary>
    public Formula Implies(Formula other) => new(FormulaKind.Implies, [this, other]);

    /// <summary>Both.</summary>
    public static Formula operator &(Formula a, Formula b) => All(a, b);

    /// <summary>At least one.</summary>
    public static Formula operator |(Formula a, Formula b) => Any(a, b);

    /// <summary>The opposite.</summary>
    public static Formula operator !(Formula a) => new(FormulaKind.Not, [a]);

    /// <inheritdoc/>
    public bool Equals(Formula? other) =>
        ReferenceEquals(this, other) ||
        (other is not null && _hash == other._hash && Kind == other.Kind && Interval.Equals(other.Interval) && Name == other.Name &&
            Equals(Condition, other.Condition) && Operands.AsSpan().SequenceEqual(other.Operands.AsSpan()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Formula);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>The formula as text that <see cref="Parse"/> reads back to an equal formula.</summary>
    public override string ToString() => FormulaPrinter.Print(this);

    /// <summary>The condition that says the same, if there is one: no time, mode or firing is involved.</summary>
    internal Condition? ToCondition()
    {
        switch (Kind)
        {
            case FormulaKind.Condition:
                return Condition;
            case FormulaKind.Not:
                return Operands[0].ToCondition() is { } inner ? !inner : null;
            case FormulaKind.And or FormulaKind.Or:
                Condition? joined = null;
                foreach (Formula operand in Operands)
                {
                    if (operand.ToCondition() is not { } next)
                    {
                        return null;
                    }

                    joined = joined is null ? next : Kind == FormulaKind.And ? joined & next : joined | next;
                }

                return joined;
            default:
                return null;
        }
    }

    private static string Named(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name;
    }

    private static void CheckDepth(int depth)
    {
        if (depth > DeepestNesting)
        {
            throw new ModelException(
                "formula", FormattableString.Invariant($"it is nested deeper than {DeepestNesting} levels"), "Split it into several requirements.");
        }
    }

    private static Formula Join(FormulaKind kind, ReadOnlySpan<Formula> formulas)
    {
        var flat = new List<Formula>();
        foreach (Formula formula in formulas)
        {
            ArgumentNullException.ThrowIfNull(formula);
            flat.AddRange(formula.Kind == kind ? formula.Operands : [formula]);
        }

        return flat.Count switch
        {
            0 => Of(kind == FormulaKind.And ? Symbolics.Condition.True : Symbolics.Condition.False),
            1 => flat[0],
            _ => new(kind, [.. flat]),
        };
    }

    // Chains of '&' or '|' lean to one side and may be long: they are walked, not descended.
    private static Formula Split(Condition condition, int depth)
    {
        CheckDepth(depth);
        switch (condition.Kind)
        {
            case ConditionKind.Not:
                return !Split(condition.First!, depth + 1);
            case ConditionKind.And or ConditionKind.Or:
                var parts = new List<Formula>();
                var pending = new Stack<Condition>([condition]);
                while (pending.TryPop(out Condition? next))
                {
                    if (next.Kind == condition.Kind)
                    {
                        pending.Push(next.Second!);
                        pending.Push(next.First!);
                    }
                    else
                    {
                        parts.Add(Split(next, depth + 1));
                    }
                }

                return Join(condition.Kind == ConditionKind.And ? FormulaKind.And : FormulaKind.Or, [.. parts]);
            default:
                return new(FormulaKind.Condition, [], condition: condition);
        }
    }
}
