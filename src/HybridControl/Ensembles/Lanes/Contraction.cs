namespace HybridControl.Ensembles.Lanes;

/// <summary>How a product and a sum are joined in one instruction.</summary>
internal enum Contraction
{
    /// <summary>Not at all: the node is its operation.</summary>
    None,

    /// <summary>A * B + C.</summary>
    Sum,

    /// <summary>A * B - C.</summary>
    Difference,

    /// <summary>C - A * B.</summary>
    Negated,
}
