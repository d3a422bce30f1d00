namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>What an S5 layer does with the outputs y of its linear system, token by token; g is the GELU of y by the tanh approximation.</summary>
public enum S5Tail
{
    /// <summary>y itself.</summary>
    None,

    /// <summary>g.</summary>
    Gelu,

    /// <summary><c>out1(g) sigmoid(out2(g))</c>.</summary>
    FullGlu,

    /// <summary><c>g sigmoid(out2(g))</c>.</summary>
    HalfGlu1,

    /// <summary><c>y sigmoid(out2(g))</c>.</summary>
    HalfGlu2,
}
