using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>Attention from queries, keys and values on: positions, cache, softmax.</summary>
internal sealed record AttentionCore
{
    public required int Heads { get; init; }

    public required int KeyHeads { get; init; }

    public required double Scale { get; init; }

    public RotaryAngles? Rotary { get; init; }

    public int Window { get; init; }

    public int Sinks { get; init; }

    /// <summary>Tokens that one key sums up.</summary>
    public int Spacing { get; init; } = 1;

    /// <summary>The slot of the cache; its own, or that of the layer whose keys it shares.</summary>
    public required int Cache { get; init; }

    /// <summary>Appends keys and values, which are turned in place, and attends. Empty keys: another layer has filled the cache.</summary>
    public void Scan(ForwardPass pass, string place, TensorView q, TensorView k, TensorView v, TensorView y)
    {
        if (Rotary is not null)
        {
            TensorView table = pass.TableOf(Rotary);
            pass.Backend.Rotate(q, Heads, table);
            if (!k.IsEmpty)
            {
                pass.Backend.Rotate(k, KeyHeads, table);
            }
        }

        if (!k.IsEmpty)
        {
            pass.Append(Cache, k, v);
        }

        using Workspace.Scope scope = pass.Workspace.Open();
        KeyValueCache cache = pass.State.CacheOf(Cache);
        ReadOnlySpan<KeySpan> spans = pass.SpansOf(Cache);
        TensorView map = default;
        if (pass.Observer?.Wants($"{place}.attention") == true)
        {
            int most = 0;
            foreach (KeySpan span in spans)
            {
                most = Math.Max(most, span.Count);
            }

            map = pass.Workspace.Rent(q.Rows * Heads, most);
        }

        pass.Backend.Attend(pass.Shape, spans, new()
        {
            Queries = q,
            Keys = cache.Keys,
            Values = cache.Values,
            Y = y,
            Map = map,
            Heads = Heads,
            KeyHeads = KeyHeads,
            Scale = Scale,
            Causal = true,
            Window = Window,
            Sinks = Sinks,
            Spacing = Spacing,
        });
        if (!map.IsEmpty)
        {
            pass.Show(place, "attention", map);
        }
    }
}
