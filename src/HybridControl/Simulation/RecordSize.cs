namespace HybridControl.Simulation;

/// <summary>How much a record holds: runs of one model are much alike, and a list of the right size is never copied.</summary>
/// <param name="Pieces">Pieces.</param>
/// <param name="Steps">Steps with dense output.</param>
/// <param name="Data">Numbers of the blocks of data.</param>
/// <param name="Jumps">Jumps.</param>
/// <param name="JumpValues">Values of variables around jumps.</param>
/// <param name="Log">Entries of the log.</param>
internal sealed record RecordSize(int Pieces, int Steps, int Data, int Jumps, int JumpValues, int Log)
{
    /// <summary>Nothing is known.</summary>
    public static RecordSize None { get; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>What two records have in common, and an eighth more.</summary>
    public static RecordSize Common(RecordSize a, RecordSize b) => new(
        Room(a.Pieces, b.Pieces), Room(a.Steps, b.Steps), Room(a.Data, b.Data),
        Room(a.Jumps, b.Jumps), Room(a.JumpValues, b.JumpValues), Room(a.Log, b.Log));

    private static int Room(int a, int b)
    {
        int least = Math.Min(a, b);
        return (int)Math.Min(least + (least / 8L), Array.MaxLength);
    }
}
