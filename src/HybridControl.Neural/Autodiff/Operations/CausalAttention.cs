using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using HybridControl.Neural.Autodiff.Lanes;
using Pack = System.Runtime.Intrinsics.Vector256<double>;

namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>Every position reads the values of itself and those before it, weighted by the softmax of scale q . k.</summary>
/// <remarks>
/// Inputs q (columns: heads by width), k and v (columns: groups by width): heads / groups neighbouring heads share keys and values. The
/// weights are found anew backward instead of being kept: memory grows with length, not with its square.
/// </remarks>
internal sealed class CausalAttention : LaneOperation
{
    public static readonly CausalAttention Instance = new();

    public override string Name => "Attention";

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void ForwardLanes(in LaneFrame frame)
    {
        (_, int rows, int columns) = frame.Shape;
        Heads heads = new(frame);
        Span<Pack> q = frame.Load(0);
        Span<Pack> k = frame.Load(1);
        Span<Pack> v = frame.Load(2);
        Span<Pack> y = frame.Zero(rows * columns);
        Span<Pack> memory = frame.Take(rows);
        for (int head = 0; head < heads.Count; head++)
        {
            for (int i = 0; i < rows; i++)
            {
                int start = heads.Start(i);
                Span<Pack> weights = memory[..(i + 1 - start)];
                Weigh(heads.Query(q, i, head), heads.Keys(k, start, head), heads.KeyStep, heads.Scale, weights);
                LaneProducts.Combine(heads.Result(y, i, head), weights, heads.Values(v, start, head), heads.ValueStep);
            }
        }

        frame.Store(y);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void BackwardLanes(in LaneFrame frame)
    {
        int rows = frame.Shape.Rows;
        Heads heads = new(frame);
        Span<Pack> q = frame.Load(0);
        Span<Pack> k = frame.Load(1);
        Span<Pack> v = frame.Load(2);
        Span<Pack> adjoint = frame.LoadAdjoint();
        Span<Pack> slopeOfQ = frame.Zero(q.Length);
        Span<Pack> slopeOfK = frame.Zero(k.Length);
        Span<Pack> slopeOfV = frame.Zero(v.Length);
        Span<Pack> memory = frame.Take(rows);
        Span<Pack> second = frame.Take(rows);
        for (int head = 0; head < heads.Count; head++)
        {
            for (int i = 0; i < rows; i++)
            {
                int start = heads.Start(i);
                Span<Pack> weights = memory[..(i + 1 - start)];
                Span<Pack> slopes = second[..weights.Length];
                Span<Pack> query = heads.Query(q, i, head);
                Span<Pack> y = heads.Result(adjoint, i, head);
                Weigh(query, heads.Keys(k, start, head), heads.KeyStep, heads.Scale, weights);
                LaneProducts.AddOuter(heads.Values(slopeOfV, start, head), heads.ValueStep, weights, y);
                LaneProducts.Dots(y, heads.Values(v, start, head), heads.ValueStep, slopes);
                Pack mean = Pack.Zero;
                for (int j = 0; j < weights.Length; j++)
                {
                    mean += weights[j] * slopes[j];
                }

                for (int j = 0; j < weights.Length; j++)
                {
                    slopes[j] = heads.Scale * (weights[j] * (slopes[j] - mean));
                }

                LaneProducts.Combine(heads.Query(slopeOfQ, i, head), slopes, heads.Keys(k, start, head), heads.KeyStep);
                LaneProducts.AddOuter(heads.Keys(slopeOfK, start, head), heads.KeyStep, slopes, query);
            }
        }

        frame.Add(0, slopeOfQ);
        frame.Add(1, slopeOfK);
        frame.Add(2, slopeOfV);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Weigh(ReadOnlySpan<Pack> query, ReadOnlySpan<Pack> keys, int step, double scale, Span<Pack> weights)
    {
        LaneProducts.Dots(query, keys, step, weights);
        Pack largest = weights[0];
        for (int j = 1; j < weights.Length; j++)
        {
            largest = Vector256.Max(largest, weights[j]);
        }

        Pack sum = Pack.Zero;
        for (int j = 0; j < weights.Length; j++)
        {
            weights[j] = LaneProducts.Exp(scale * (weights[j] - largest));
            sum += weights[j];
        }

        Pack factor = Pack.One / sum;
        for (int j = 0; j < weights.Length; j++)
        {
            weights[j] *= factor;
        }
    }

    private readonly struct Heads
    {
        private readonly int _width;
        private readonly int _valueWidth;
        private readonly int _headsOfGroup;
        private readonly int _window;

        public Heads(in LaneFrame frame)
        {
            Count = frame.Settings.Heads;
            Scale = frame.Settings.First;
            _window = frame.Settings.Window;
            _headsOfGroup = Count / frame.Settings.Groups;
            _width = frame.InputShape(0).Columns / Count;
            _valueWidth = frame.Shape.Columns / Count;
            KeyStep = frame.InputShape(1).Columns;
            ValueStep = frame.InputShape(2).Columns;
        }

        public int Count { get; }

        public double Scale { get; }

        public int KeyStep { get; }

        public int ValueStep { get; }

        public int Start(int row) => _window > 0 ? Math.Max(0, row - _window) : 0;

        public Span<Pack> Query(Span<Pack> q, int row, int head) => q.Slice(((row * Count) + head) * _width, _width);

        public Span<Pack> Result(Span<Pack> y, int row, int head) => y.Slice(((row * Count) + head) * _valueWidth, _valueWidth);

        public Span<Pack> Keys(Span<Pack> k, int row, int head) => k[((row * KeyStep) + (head / _headsOfGroup * _width))..];

        public Span<Pack> Values(Span<Pack> v, int row, int head) => v[((row * ValueStep) + (head / _headsOfGroup * _valueWidth))..];
    }
}
