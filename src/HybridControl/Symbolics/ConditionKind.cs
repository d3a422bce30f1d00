namespace HybridControl.Symbolics;

/// <summary>How a condition is built.</summary>
public enum ConditionKind
{
    /// <summary>Always or never true.</summary>
    Literal,

    /// <summary>A comparison of two expressions.</summary>
    Comparison,

    /// <summary>Both of two conditions.</summary>
    And,

    /// <summary>At least one of two conditions.</summary>
    Or,

    /// <summary>The opposite of a condition.</summary>
    Not,

    /// <summary>A passage of an expression through zero, in either direction; for edge guards only.</summary>
    Crosses,
}
