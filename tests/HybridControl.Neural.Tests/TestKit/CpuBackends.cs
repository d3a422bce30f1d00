using HybridControl.Neural.Backends;
using HybridControl.Neural.Backends.Cpu;

namespace HybridControl.Neural.Tests.TestKit;

/// <summary>Every back-end of the processor: what golden cases run on.</summary>
internal static class CpuBackends
{
    private static readonly Dictionary<string, Func<ITensorBackend>> All = new()
    {
        ["scalar float"] = () => new ScalarBackend<float>(),
        ["scalar double"] = () => new ScalarBackend<double>(),
        ["SIMD float"] = () => new SimdBackend<float>(),
        ["SIMD double"] = () => new SimdBackend<double>(),
    };

    /// <summary>Their names, for test cases.</summary>
    public static IEnumerable<string> Names => All.Keys;

    /// <summary>A new one.</summary>
    public static ITensorBackend New(string name) => All[name]();
}
