using HybridControl.Symbolics;

namespace HybridControl.Requirements;

/// <summary>What a run must do, under a name.</summary>
/// <remarks>
/// A condition that must always hold is broken where it is left by more than location and rounding leave behind: a ball that
/// bounces on a floor at zero meets <c>y &gt;= 0</c>. If the comparison that decides is strict, reaching the surface breaks it: the
/// same ball does not meet <c>y &gt; 0</c>.
/// </remarks>
/// <param name="Name">Its name in results.</param>
/// <param name="Formula">The formula, judged at the start of the run.</param>
/// <param name="Description">What it is for, in a sentence; may be empty.</param>
public sealed record Requirement(string Name, Formula Formula, string Description = "")
{
    /// <summary>A requirement on a condition alone.</summary>
    /// <param name="name">Its name in results.</param>
    /// <param name="condition">The condition.</param>
    /// <param name="kind">Whether it must hold at all times, at some time, or at the end.</param>
    public Requirement(string name, Condition condition, RequirementKind kind)
        : this(name, FormulaOf(condition, kind))
    {
    }

    /// <summary>The condition of a requirement on a condition alone; null for another formula.</summary>
    /// <remarks>Comparisons joined by <c>&amp;</c>, <c>|</c> and <c>!</c> below one always, eventually or atEnd without an interval.</remarks>
    public Condition? Condition => HasKind ? Formula.Operands[0].ToCondition() : null;

    /// <summary>When the condition of such a requirement must hold; null for another formula.</summary>
    public RequirementKind? Kind => Condition is null ? null
        : Formula.Kind switch
        {
            FormulaKind.Always => RequirementKind.Always,
            FormulaKind.Eventually => RequirementKind.Eventually,
            _ => RequirementKind.AtEnd,
        };

    /// <summary>Whether every comparison is strict, so that the surface itself is outside.</summary>
    internal bool IsStrict => Condition is { } condition && AreStrict(condition);

    private bool HasKind => Formula.Kind == FormulaKind.AtEnd ||
        (Formula.Kind is FormulaKind.Always or FormulaKind.Eventually && Formula.Interval.Equals(TimeInterval.ToEnd));

    private static Formula FormulaOf(Condition condition, RequirementKind kind) => kind switch
    {
        RequirementKind.Always => Formula.Always(condition),
        RequirementKind.Eventually => Formula.Eventually(condition),
        RequirementKind.AtEnd => Formula.AtEnd(condition),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Known: Always, Eventually, AtEnd."),
    };

    private static bool AreStrict(Condition condition) => condition.Kind switch
    {
        ConditionKind.Comparison => condition.Relation is Relation.Less or Relation.Greater,
        ConditionKind.And or ConditionKind.Or => AreStrict(condition.First!) && AreStrict(condition.Second!),
        _ => false,
    };
}
