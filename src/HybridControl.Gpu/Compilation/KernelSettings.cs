using ILGPU;

namespace HybridControl.Gpu.Compilation;

/// <summary>How kernels are compiled, the same on every device and in every test.</summary>
internal static class KernelSettings
{
    /// <summary>Sets up a context.</summary>
    public static Context.Builder Apply(Context.Builder builder) =>
        builder.Optimize(OptimizationLevel.O1).Math(MathMode.Default).Inlining(InliningMode.Aggressive);
}
