namespace HybridControl.Simulation;

/// <summary>How affine forms make up a guard.</summary>
internal enum GuardShape
{
    /// <summary>Not at all: balls and jets decide.</summary>
    General,

    /// <summary>One affine form.</summary>
    Affine,

    /// <summary>The smallest of several functions, a conjunction.</summary>
    Minimum,

    /// <summary>The largest of several functions, a disjunction.</summary>
    Maximum,
}
