using Pack = System.Runtime.Intrinsics.Vector256<double>;

namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>A function of one number, written for four side by side.</summary>
internal interface ILaneRule
{
    /// <summary>What messages call it.</summary>
    static abstract string Name { get; }

    /// <summary>The value at x.</summary>
    static abstract Pack Value(Pack x);

    /// <summary>The value and the derivative at x.</summary>
    static abstract Pack Value(Pack x, out Pack slope);
}
