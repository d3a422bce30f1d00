namespace HybridControl.Neural.Backends;

/// <summary>Where a gate stands beside a norm.</summary>
public enum GateOrder
{
    /// <summary>There is no gate.</summary>
    None,

    /// <summary>norm(x silu(z)).</summary>
    GateThenNorm,

    /// <summary>norm(x) silu(z).</summary>
    NormThenGate,
}
