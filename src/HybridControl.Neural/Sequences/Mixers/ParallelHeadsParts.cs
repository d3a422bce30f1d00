namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>Parameters of a <see cref="ParallelHeadsMixer"/> but for its scan.</summary>
internal sealed record ParallelHeadsParts
{
    /// <summary>To queries, keys, values, inputs and gates.</summary>
    public required Linear Input { get; init; }

    /// <summary>From the channels; without bias.</summary>
    public required Linear Output { get; init; }

    public required AttentionCore Attention { get; init; }

    public required int QueryColumns { get; init; }

    /// <summary>0 where an earlier layer's keys are used.</summary>
    public required int KeyColumns { get; init; }

    /// <summary>0 where an earlier layer's values are used.</summary>
    public required int ValueColumns { get; init; }

    public required RowNorm AttentionNorm { get; init; }

    public required RowNorm ScanNorm { get; init; }
}
