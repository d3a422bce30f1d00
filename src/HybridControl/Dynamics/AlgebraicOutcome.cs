namespace HybridControl.Dynamics;

/// <summary>How the search for consistent values ended.</summary>
internal enum AlgebraicOutcome
{
    /// <summary>All equations hold to rounding.</summary>
    Solved,

    /// <summary>An equation is NaN or infinite at the values to start from.</summary>
    NotFinite,

    /// <summary>The equations do not determine their variables where the search came to.</summary>
    Singular,

    /// <summary>No smaller residual was found along Newton's directions.</summary>
    NoSolution,
}
