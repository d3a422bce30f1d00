namespace HybridControl.Symbolics;

/// <summary>How a condition compares its two sides.</summary>
public enum Relation
{
    /// <summary>left &lt; right.</summary>
    Less,

    /// <summary>left &lt;= right.</summary>
    LessOrEqual,

    /// <summary>left &gt; right.</summary>
    Greater,

    /// <summary>left &gt;= right.</summary>
    GreaterOrEqual,
}
