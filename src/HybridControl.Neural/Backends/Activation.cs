namespace HybridControl.Neural.Backends;

/// <summary>Functions of one number between layers.</summary>
public enum Activation
{
    /// <summary>The number itself.</summary>
    Identity,

    /// <summary>x / (1 + e^-x).</summary>
    Silu,

    /// <summary>x Phi(x) with the exact error function.</summary>
    Gelu,

    /// <summary>x Phi(x) by the tanh approximation.</summary>
    GeluTanh,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>max(x, 0)^2.</summary>
    SquaredRelu,

    /// <summary>1 / (1 + e^-x).</summary>
    Sigmoid,

    /// <summary>ln(1 + e^x).</summary>
    Softplus,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,
}
