namespace HybridControl.Simulation;

/// <summary>What one sample of a guard did to its <see cref="GuardState"/>.</summary>
internal enum GuardFeed
{
    /// <summary>Clearly on its old side.</summary>
    Outside,

    /// <summary>Inside the band: undecided.</summary>
    Inside,

    /// <summary>Clearly back on its old side after a visit to the band.</summary>
    Touch,

    /// <summary>Clearly on the other side: an event if the rule wants this direction.</summary>
    Flip,
}
