namespace HybridControl.Requirements;

/// <summary>How a formula is built.</summary>
public enum FormulaKind
{
    /// <summary>A comparison, or a literal truth value.</summary>
    Condition,

    /// <summary>A mode is active.</summary>
    Mode,

    /// <summary>A transition has just fired.</summary>
    Fires,

    /// <summary>The opposite of a formula.</summary>
    Not,

    /// <summary>All of several formulas.</summary>
    And,

    /// <summary>At least one of several formulas.</summary>
    Or,

    /// <summary>The second formula, wherever the first holds.</summary>
    Implies,

    /// <summary>At all times of an interval.</summary>
    Always,

    /// <summary>At some time of an interval.</summary>
    Eventually,

    /// <summary>The first formula up to a time of an interval at which the second holds.</summary>
    Until,

    /// <summary>When the run ends.</summary>
    AtEnd,
}
