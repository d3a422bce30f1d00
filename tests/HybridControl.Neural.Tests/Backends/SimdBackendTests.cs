using System.Numerics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Backends.Cpu;

namespace HybridControl.Neural.Tests.Backends;

/// <summary>The vector instructions of this processor agree with the plain loops, on the calling thread and on three.</summary>
[TestFixture(typeof(float), 1)]
[TestFixture(typeof(float), 3)]
[TestFixture(typeof(double), 1)]
[TestFixture(typeof(double), 3)]
public class SimdBackendTests<T>(int workers) : BackendContract
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    protected override ITensorBackend Create() => new SimdBackend<T>(workers);
}
