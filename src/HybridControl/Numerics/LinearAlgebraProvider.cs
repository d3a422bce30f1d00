using MathNetControl = MathNet.Numerics.Control;

namespace HybridControl.Numerics;

/// <summary>What factorises matrices outside the step: Intel MKL where its package is present, else managed code.</summary>
/// <remarks>
/// The provider belongs to the process, as MathNet.Numerics has it. Nothing here is needed for correct results: managed
/// code is the default, MKL is faster from about fifty states. The inner loops of solvers and filters use neither.
/// </remarks>
public static class LinearAlgebraProvider
{
    /// <summary>Switches to MKL if it can be loaded; true if it is in use.</summary>
    public static bool TryUseMkl() => MathNetControl.TryUseNativeMKL();

    /// <summary>The provider in use, in a few words.</summary>
    public static string Describe()
    {
        foreach (string line in MathNetControl.Describe().Split('\n'))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line.AsSpan(0, colon).Trim().SequenceEqual("Linear Algebra Provider"))
            {
                return line[(colon + 1)..].Trim();
            }
        }

        return "Managed";
    }
}
