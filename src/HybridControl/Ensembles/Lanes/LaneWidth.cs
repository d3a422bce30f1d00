namespace HybridControl.Ensembles.Lanes;

/// <summary>Which instructions lanes run on. The result of a trajectory is the same on all of them, bit for bit.</summary>
public enum LaneWidth
{
    /// <summary>One trajectory at a time on scalar instructions.</summary>
    Scalar,

    /// <summary>Two vectors of four doubles (AVX2).</summary>
    Vector256,

    /// <summary>Two vectors of eight doubles (AVX-512).</summary>
    Vector512,
}
