using System.Numerics;

namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>How x' = lambda x + u becomes x_k = factor x_(k-1) + gain u_k over one step.</summary>
internal interface IHoldRule
{
    /// <summary>What messages call it.</summary>
    static abstract string Name { get; }

    /// <summary>The factor as a function of z = lambda step, and its derivative.</summary>
    static abstract (Complex Value, Complex Slope) Factor(Complex z);

    /// <summary>The gain divided by the step, as a function of z, and its derivative.</summary>
    static abstract (Complex Value, Complex Slope) Gain(Complex z);
}
