using HybridControl.Neural.Backends;

namespace HybridControl.Gpu.Neural;

/// <summary>What sequence layers run on, and why. Disposing of it ends the back-end and closes its device.</summary>
/// <param name="Kind">One of <see cref="NeuralBackends.Kinds"/> without auto.</param>
/// <param name="Backend">The back-end.</param>
/// <param name="Why">Why this one, as a sentence without a full stop.</param>
/// <param name="Device">The device, if it needs one.</param>
public sealed record NeuralBackendChoice(string Kind, ITensorBackend Backend, string Why, IDisposable? Device = null) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Backend.Dispose();
        Device?.Dispose();
    }
}
