using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Gpu.Neural.Kernels;
using HybridControl.Neural.Backends;
using ILGPU;

namespace HybridControl.Gpu.Neural;

internal sealed partial class GpuTensorBackend<T, TNumbers>
{
    // As many groups as multiprocessors would leave each of them waiting for memory.
    private const int GroupsPerMultiprocessor = 4;

    /// <inheritdoc/>
    public void Attend(SequenceShape shape, ReadOnlySpan<KeySpan> spans, in AttentionOperands operands)
    {
        ref readonly AttentionOperands o = ref operands;
        OperandCheck.Operands(shape, spans, o);
        int keyWidth = o.Keys.Columns / o.KeyHeads;
        int valueWidth = o.Values.Columns / o.KeyHeads;
        int longest = 0;
        foreach (KeySpan span in spans)
        {
            longest = Math.Max(longest, span.Count);
        }

        int rows = shape.Length * (o.Heads / o.KeyHeads);
        AttentionTile tile = AttentionTile.Choose(rows, keyWidth, valueWidth, Interop.SizeOf<T>(), _mostThreads);
        if (tile.Rows == 0)
        {
            throw new ModelException(
                "attention",
                string.Create(CultureInfo.InvariantCulture, $"heads of {keyWidth} and {valueWidth} numbers do not fit into {AttentionTile.SharedBytes} bytes of shared memory"),
                "Run on the CPU.");
        }

        long groups = (long)shape.Streams * o.KeyHeads * ((rows + tile.Rows - 1) / tile.Rows);
        long seen = o.Window == 0 ? longest : Math.Min(longest, (long)o.Window + o.Sinks + 1);
        int splits = o.Map.IsEmpty
            ? (int)Math.Clamp(GroupsPerMultiprocessor * _multiprocessors / Math.Max(1, groups), 1, Math.Max(1, seen / _tuning.LeastKeys))
            : 1;
        long places = (long)shape.Rows * o.Heads * splits;
        var arguments = new AttentionArguments<T>
        {
            Queries = Of(o.Queries),
            Keys = Of(o.Keys),
            Values = Of(o.Values),
            Y = Of(o.Y),
            Map = Of(o.Map),
            Spans = Send(spans[..shape.Streams]),
            Greatest = _steps.Of(places),
            Totals = _totals.Of(places),
            Parts = _states.Of(splits == 1 ? 1 : places * valueWidth),
            Scale = T.CreateTruncating(o.Scale),
            Causal = o.Causal ? 1 : 0,
            Window = o.Window,
            Sinks = o.Sinks,
            Spacing = o.Spacing,
            Length = shape.Length,
            Heads = o.Heads,
            KeyHeads = o.KeyHeads,
            KeyWidth = keyWidth,
            ValueWidth = valueWidth,
            Tile = tile,
            Splits = splits,
        };
        int shared = AttentionTile.NumbersOf(tile.Rows, tile.Keys, tile.Lanes, keyWidth, valueWidth);
        _kernels.Groups(AttentionOf(shared), groups * splits, tile.Threads, arguments);
        if (splits > 1)
        {
            _kernels.Each(AttentionKernels.Join<T, TNumbers>, o.Y.Count, arguments);
        }

        if (!o.Map.IsEmpty)
        {
            _kernels.Each(AttentionKernels.Explain<T, TNumbers>, o.Map.Count, arguments);
        }
    }

    private static Action<AttentionArguments<T>> AttentionOf(int shared) => shared switch
    {
        <= 2048 => AttentionKernels.Run<T, TNumbers, Room2K>,
        <= 4096 => AttentionKernels.Run<T, TNumbers, Room4K>,
        <= 6144 => AttentionKernels.Run<T, TNumbers, Room6K>,
        <= 9216 => AttentionKernels.Run<T, TNumbers, Room9K>,
        _ => AttentionKernels.Run<T, TNumbers, Room12K>,
    };

    private ArrayView<DeviceSpan> Send(ReadOnlySpan<KeySpan> spans)
    {
        if (_spanList.Length < spans.Length)
        {
            _spanList = new DeviceSpan[spans.Length];
        }

        for (int i = 0; i < spans.Length; i++)
        {
            _spanList[i] = new(spans[i].FirstRow, spans[i].Count, spans[i].Dropped, spans[i].FirstQuery);
        }

        return _spans.Send(_spanList.AsSpan(0, spans.Length));
    }
}
