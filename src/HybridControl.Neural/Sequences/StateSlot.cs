namespace HybridControl.Neural.Sequences;

/// <summary>Something that a layer remembers between tokens.</summary>
/// <param name="Name">Its name in saved files, such as <c>layers.0.mixer.conv</c>.</param>
/// <param name="Columns">Numbers for each stream; for a cache, those of one key.</param>
/// <param name="ValueColumns">For a cache, numbers of one value; 0 for memory of fixed size.</param>
/// <param name="Window">For a cache, how many past keys are needed at most; 0 for all.</param>
/// <param name="Sinks">For a cache, first keys that are never dropped.</param>
/// <param name="Spacing">For a cache, tokens that one key sums up.</param>
/// <param name="StateMajor">States of a channel if entry <c>state * channels + channel</c> is meant; 0 if states of a channel stand together.</param>
public sealed record StateSlot(string Name, int Columns, int ValueColumns = 0, int Window = 0, int Sinks = 0, int Spacing = 1, int StateMajor = 0)
{
    /// <summary>Whether it grows with the sequence.</summary>
    public bool IsCache => ValueColumns > 0;
}
