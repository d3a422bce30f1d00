namespace HybridControl.Ensembles.Lanes;

/// <summary>A block whose trajectories are being run by one thread.</summary>
/// <param name="block">The block, with its samples.</param>
/// <param name="first">Number in the block of the first trajectory to be run.</param>
/// <param name="stride">Distance to the next one: the number of alternatives.</param>
internal sealed class OpenBlock(EnsembleBlock block, int first, int stride)
{
    private int _next = first;

    /// <summary>The block.</summary>
    public EnsembleBlock Block { get; } = block;

    /// <summary>How many of its trajectories have not ended.</summary>
    public int Remaining { get; set; } = first < block.Count ? (block.Count - first + stride - 1) / stride : 0;

    /// <summary>The next trajectory that has not been started.</summary>
    public bool TryStart(out int index)
    {
        index = _next;
        if (index >= Block.Count)
        {
            return false;
        }

        _next += stride;
        return true;
    }
}
