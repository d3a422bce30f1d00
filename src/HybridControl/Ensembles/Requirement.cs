using HybridControl.Symbolics;

namespace HybridControl.Ensembles;

/// <summary>What a trajectory must meet.</summary>
/// <remarks>
/// A condition that must always hold is broken where it is left by more than location and rounding leave behind: a ball that
/// bounces on a floor at zero meets <c>y &gt;= 0</c>. If all its comparisons are strict, reaching the surface breaks it: the
/// same ball does not meet <c>y &gt; 0</c>.
/// </remarks>
/// <param name="Name">Its name in results.</param>
/// <param name="Condition">The condition.</param>
/// <param name="Kind">Whether it must hold at all times or at some time.</param>
public sealed record Requirement(string Name, Condition Condition, RequirementKind Kind)
{
    /// <summary>Whether every comparison is strict, so that the surface itself is outside.</summary>
    internal bool IsStrict => AreStrict(Condition);

    private static bool AreStrict(Condition condition) => condition.Kind switch
    {
        ConditionKind.Comparison => condition.Relation is Relation.Less or Relation.Greater,
        ConditionKind.And or ConditionKind.Or => AreStrict(condition.First!) && AreStrict(condition.Second!),
        _ => false,
    };
}
