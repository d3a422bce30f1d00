namespace HybridControl.Numerics;

/// <summary>What joins the points of a curve.</summary>
public enum Interpolation
{
    /// <summary>Straight lines: the slope jumps at breakpoints.</summary>
    Linear,

    /// <summary>Cubics with continuous slopes that rise and fall only where the points do, so that nothing overshoots.</summary>
    MonotoneCubic,
}
