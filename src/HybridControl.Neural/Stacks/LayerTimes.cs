using System.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Stacks;

/// <summary>Measures how long each part of a stack takes. Waits for the back-end at every border, which costs a device a little.</summary>
public sealed class LayerTimes : ILayerObserver, IDisposable
{
    private readonly ITensorBackend _backend;
    private readonly TensorBuffer _buffer;
    private readonly double[] _one = new double[1];
    private readonly Stack<(string Name, long Start)> _open = new();
    private readonly Dictionary<string, double> _seconds = new(StringComparer.Ordinal);

    /// <summary>Measures on a back-end.</summary>
    public LayerTimes(ITensorBackend backend) => (_backend, _buffer) = (backend, backend.Allocate(1));

    /// <summary>Seconds by the name of the part, in the order in which they ended first; a layer holds its blocks.</summary>
    public IReadOnlyDictionary<string, double> Seconds => _seconds;

    /// <inheritdoc/>
    public bool Wants(string name) => false;

    /// <inheritdoc/>
    public void Saw(string name, ITensorBackend backend, TensorView value)
    {
    }

    /// <inheritdoc/>
    public void Entering(string layer) => _open.Push((layer, Now()));

    /// <inheritdoc/>
    public void Leaving(string layer)
    {
        (string name, long start) = _open.Pop();
        _seconds[name] = _seconds.GetValueOrDefault(name) + Stopwatch.GetElapsedTime(start, Now()).TotalSeconds;
    }

    /// <summary>Forgets what was measured.</summary>
    public void Clear() => _seconds.Clear();

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    private long Now()
    {
        _backend.Download(new(_buffer, 0, 1, 1, 1), _one);
        return Stopwatch.GetTimestamp();
    }
}
