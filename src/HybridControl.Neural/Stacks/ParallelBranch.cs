namespace HybridControl.Neural.Stacks;

/// <summary>One of several layers side by side.</summary>
/// <param name="Name">Its name; its parameters are named below it.</param>
/// <param name="Mixer">The layer.</param>
public sealed record ParallelBranch(string Name, MixerDescription Mixer);
