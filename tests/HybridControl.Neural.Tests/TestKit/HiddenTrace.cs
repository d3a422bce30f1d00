using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Tests.TestKit;

/// <summary>Keeps every value of some names that a pass shows.</summary>
public sealed class HiddenTrace(Func<string, bool> wanted) : ILayerObserver
{
    /// <summary>What was seen, in order, by name.</summary>
    public Dictionary<string, List<double[]>> Seen { get; } = [];

    /// <inheritdoc/>
    public bool Wants(string name) => wanted(name);

    /// <inheritdoc/>
    public void Saw(string name, ITensorBackend backend, TensorView value)
    {
        var numbers = new double[value.Count];
        backend.Download(value, numbers);
        if (!Seen.TryGetValue(name, out List<double[]>? list))
        {
            Seen[name] = list = [];
        }

        list.Add(numbers);
    }

    /// <inheritdoc/>
    public void Entering(string layer)
    {
    }

    /// <inheritdoc/>
    public void Leaving(string layer)
    {
    }
}
