namespace HybridControl.Automata;

/// <summary>What values a discrete variable can have.</summary>
public enum DiscreteType
{
    /// <summary>Any finite number.</summary>
    Real,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>True or false, held as 1 and 0; a condition in formulas.</summary>
    Boolean,
}
