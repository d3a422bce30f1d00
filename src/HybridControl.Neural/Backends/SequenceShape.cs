namespace HybridControl.Neural.Backends;

/// <summary>How the rows of a matrix are tokens of sequences: row <c>stream * Length + t</c> is token t of a stream.</summary>
/// <param name="Streams">Sequences side by side.</param>
/// <param name="Length">Tokens of each, at least one.</param>
public readonly record struct SequenceShape(int Streams, int Length)
{
    /// <summary>Rows in all.</summary>
    public int Rows => checked(Streams * Length);
}
