namespace HybridControl.Neural.Autodiff;

/// <summary>A value on a <see cref="Tape"/>: a batch of equal matrices. Valid until the tape is reset.</summary>
public readonly record struct Variable
{
    internal Variable(int index, int generation, Shape shape)
    {
        Index = index;
        Generation = generation;
        Shape = shape;
    }

    /// <summary>Extent of the value.</summary>
    public Shape Shape { get; }

    internal int Index { get; }

    internal int Generation { get; }
}
