namespace HybridControl.Ensembles.Machine;

/// <summary>An array that each trajectory fills, NaN where nothing was written.</summary>
/// <param name="Name">Name for messages and tests.</param>
/// <param name="Length">Entries for each trajectory.</param>
internal sealed record MachineArray(string Name, int Length);
