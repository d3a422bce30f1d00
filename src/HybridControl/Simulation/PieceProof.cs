namespace HybridControl.Simulation;

/// <summary>What is proved about a guard on the piece that ends at a sample, thresholds included; it outranks the band.</summary>
internal enum PieceProof
{
    /// <summary>Nothing: the sample decides.</summary>
    None,

    /// <summary>The whole piece is on the guard's old side.</summary>
    Below,

    /// <summary>The whole piece is on the other side.</summary>
    Above,
}
