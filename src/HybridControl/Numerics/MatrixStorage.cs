namespace HybridControl.Numerics;

/// <summary>How the factors of a matrix are kept.</summary>
internal enum MatrixStorage
{
    /// <summary>All entries, in plain loops.</summary>
    Small,

    /// <summary>The entries near the diagonal.</summary>
    Band,

    /// <summary>All entries, in blocks.</summary>
    Dense,
}
