namespace HybridControl.Neural.Tensors;

/// <summary>How the entries of a weight are kept in memory. Sums are always formed in the precision of the back-end.</summary>
public enum WeightFormat
{
    /// <summary>As the back-end computes.</summary>
    Native,

    /// <summary>Sixteen bits, the upper half of a single-precision number: half the memory, eight bits of significand.</summary>
    BFloat16,

    /// <summary>Eight bits with one scale for each row, rounded to nearest: a quarter of the memory, error at most max|row| / 254.</summary>
    Int8,
}
