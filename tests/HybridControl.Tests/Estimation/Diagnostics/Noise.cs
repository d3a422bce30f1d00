using HybridControl.Numerics;

namespace HybridControl.Tests.Estimation.Diagnostics;

/// <summary>Unit normal numbers by their address.</summary>
internal static class Noise
{
    public static double Normal(ulong seed, long trajectory, uint stream, long draw) =>
        NormalLaw.Quantile(Philox4x32.Uniform(seed, trajectory, stream, draw));
}
