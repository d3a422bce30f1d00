using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Explanation;

/// <summary>Records what a selective layer chose at each token while a stack scans one stream.</summary>
/// <example><code>
/// var recorder = new SelectiveRecorder("layers.0.mixer");
/// stack.Scan(samples, 1, state, outputs, new ScanOptions { Observer = recorder });
/// SelectiveTrace trace = recorder.ToTrace();
/// </code></example>
public sealed class SelectiveRecorder : ILayerObserver
{
    private static readonly string[] Parts = ["input", "delta", "B", "C", "gate"];

    private readonly string _place;
    private readonly Dictionary<string, List<double>> _seen = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _others = new(StringComparer.Ordinal);
    private SelectiveLaw? _law;
    private ISelectiveLayer? _layer;

    /// <summary>Records the layer of a place, such as <c>layers.0.mixer</c>.</summary>
    public SelectiveRecorder(string place)
    {
        ArgumentException.ThrowIfNullOrEmpty(place);
        _place = place;
        foreach (string part in Parts)
        {
            _seen[$"{place}.{part}"] = [];
        }
    }

    /// <inheritdoc/>
    public bool Wants(string name) => _layer is not null && _seen.ContainsKey(name);

    /// <inheritdoc/>
    public void Met(string place, ISequenceLayer layer)
    {
        if (layer is ISelectiveLayer selective)
        {
            _others.Add(place);
            _layer = place == _place ? selective : _layer;
        }
    }

    /// <inheritdoc/>
    public void Saw(string name, ITensorBackend backend, TensorView value)
    {
        ArgumentNullException.ThrowIfNull(backend);
        _law ??= _layer!.LawOn(backend);
        var values = new double[value.Count];
        backend.Download(value, values);
        _seen[name].AddRange(values);
    }

    /// <inheritdoc/>
    public void Entering(string layer)
    {
    }

    /// <inheritdoc/>
    public void Leaving(string layer)
    {
    }

    /// <summary>What was recorded so far, over all scans.</summary>
    /// <exception cref="ModelException">No selective layer of this place has taken in a token.</exception>
    public SelectiveTrace ToTrace()
    {
        if (_law is null)
        {
            throw new ModelException(
                _place, "no selective layer of this name has taken in a token",
                _others.Count == 0 ? "Scan a stack that has one." : $"Selective layers are: {string.Join(", ", _others)}.");
        }

        return new(_law, Of("delta"), Of("input"), Of("B"), Of("C"), Of("gate"));

        double[] Of(string part) => [.. _seen[$"{_place}.{part}"]];
    }
}
