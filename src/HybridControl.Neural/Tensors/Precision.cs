namespace HybridControl.Neural.Tensors;

/// <summary>The numbers that a back-end computes with.</summary>
public enum Precision
{
    /// <summary>32 bits: what sequence models are trained and run in.</summary>
    Single,

    /// <summary>64 bits: for control and for exact comparisons.</summary>
    Double,
}
