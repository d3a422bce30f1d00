namespace HybridControl.Requirements;

/// <summary>The three requirements on a condition alone, which every back-end of ensembles knows.</summary>
public enum RequirementKind
{
    /// <summary>Its condition holds at all times from the start to the end of the trajectory.</summary>
    Always,

    /// <summary>Its condition holds at some time.</summary>
    Eventually,

    /// <summary>Its condition holds when the trajectory ends.</summary>
    AtEnd,
}
