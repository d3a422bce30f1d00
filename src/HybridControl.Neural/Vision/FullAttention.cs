using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Vision;

/// <summary>Softmax attention in which every token of a sequence sees every other: for images, not for what comes in over time.</summary>
/// <param name="place">Its name, for observers.</param>
/// <param name="heads">Heads, each a part of the width.</param>
/// <param name="query">To queries.</param>
/// <param name="keyValue">To keys, then values.</param>
/// <param name="output">From the heads.</param>
internal sealed class FullAttention(string place, int heads, Linear query, Linear keyValue, Linear output) : ISequenceLayer
{
    private KeySpan[] _spans = [];

    /// <inheritdoc/>
    public int Inputs => query.Inputs;

    /// <inheritdoc/>
    public int Outputs => output.Outputs;

    /// <inheritdoc/>
    public void Scan(ForwardPass pass, TensorView x, TensorView y) => Scan(pass, x, x, y);

    /// <summary>Lets some tokens ask others.</summary>
    /// <param name="pass">Its shape is that of the tokens that ask.</param>
    /// <param name="asking">A row for each token that asks.</param>
    /// <param name="asked">A row for each token that is asked, as many for each stream.</param>
    /// <param name="y">Receives a row for each token that asks.</param>
    public void Scan(ForwardPass pass, TensorView asking, TensorView asked, TensorView y)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        int width = query.Outputs;
        TensorView q = pass.Workspace.Rent(asking.Rows, width);
        TensorView kv = pass.Workspace.Rent(asked.Rows, 2 * width);
        TensorView mixed = pass.Workspace.Rent(asking.Rows, width);
        query.Scan(pass, asking, q);
        keyValue.Scan(pass, asked, kv);
        int count = asked.Rows / pass.Shape.Streams;
        TensorView map = pass.Observer?.Wants($"{place}.attention") == true ? pass.Workspace.Rent(q.Rows * heads, count) : default;
        pass.Backend.Attend(pass.Shape, SpansOf(pass.Shape.Streams, count), new()
        {
            Queries = q,
            Keys = kv.ColumnsAt(0, width),
            Values = kv.ColumnsAt(width, width),
            Y = mixed,
            Map = map,
            Heads = heads,
            KeyHeads = heads,
            Scale = 1.0 / Math.Sqrt((double)width / heads),
            Spacing = 1,
        });
        if (!map.IsEmpty)
        {
            pass.Show(place, "attention", map);
        }

        output.Scan(pass, mixed, y);
    }

    private ReadOnlySpan<KeySpan> SpansOf(int streams, int count)
    {
        if (_spans.Length < streams)
        {
            _spans = new KeySpan[streams];
        }

        for (int s = 0; s < streams; s++)
        {
            _spans[s] = new(s * count, count, 0, 0);
        }

        return _spans.AsSpan(0, streams);
    }
}
