namespace HybridControl.Simulation;

/// <summary>Which jump it was: the names of the modes that it leads from and to, and of its transition.</summary>
internal readonly record struct JumpNames(string From, string To, string Transition)
{
    /// <summary>Whether the names are the very same strings: equal ones need not be.</summary>
    public bool AreSameObjects(in JumpNames other) =>
        ReferenceEquals(Transition, other.Transition) && ReferenceEquals(From, other.From) && ReferenceEquals(To, other.To);
}
