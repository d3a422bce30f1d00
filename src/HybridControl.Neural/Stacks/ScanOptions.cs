using HybridControl.Neural.Sequences;

namespace HybridControl.Neural.Stacks;

/// <summary>How a stack scans tokens.</summary>
public sealed record ScanOptions
{
    /// <summary>The usual way.</summary>
    public static ScanOptions Default { get; } = new();

    /// <summary>First stream of the state that takes part.</summary>
    public int FirstStream { get; init; }

    /// <summary>Whether only the outputs of the last token of each stream are wanted.</summary>
    public bool LastOnly { get; init; }

    /// <summary>Tokens of a stream that are taken at once at most: memory on the way grows with it, results do not depend on it.</summary>
    public int Piece { get; init; } = 512;

    /// <summary>Who watches, or null.</summary>
    public ILayerObserver? Observer { get; init; }

    /// <summary>Told how many tokens of each stream are done.</summary>
    public IProgress<int>? Progress { get; init; }

    /// <summary>Stops between pieces; the state then holds the tokens that are done.</summary>
    public CancellationToken Cancellation { get; init; }
}
