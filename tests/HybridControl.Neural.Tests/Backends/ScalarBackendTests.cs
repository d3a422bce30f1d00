using HybridControl.Neural.Backends;
using HybridControl.Neural.Backends.Cpu;

namespace HybridControl.Neural.Tests.Backends;

/// <summary>The plain loops in 32 bits agree with themselves in 64.</summary>
public class ScalarBackendTests : BackendContract
{
    /// <inheritdoc/>
    protected override ITensorBackend Create() => new ScalarBackend<float>();
}
