using System.Numerics;
using System.Runtime.CompilerServices;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Attention of few tokens: keys and values are read once, as they lie, for all query heads that share them. A part is a token and a key head.</summary>
internal unsafe struct AttendToken<T> : IOperation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Keys at a time: they stay in a cache while the heads pass.</summary>
    private const int KeysAtOnce = 256;

    public AttendInputs<T> Inputs;
    public Scratch<T> Scratch;

    public readonly void Run<V>(int part, int worker)
        where V : struct, IPack<V, T>
    {
        (int row, int keyHead) = (part / Inputs.Operands.KeyHeads, part % Inputs.Operands.KeyHeads);
        int stream = row / Inputs.Shape.Length;
        KeySpan span = Inputs.Spans[stream];
        VisibleKeys visible = Inputs.Visible(stream, row % Inputs.Shape.Length);
        int heads = Inputs.HeadsOfKey;
        int stride = span.Count + V.Width;
        T* weights = Scratch.Of(worker, heads * stride);
        T* query = Inputs.Queries.Row(row) + (keyHead * heads * Inputs.KeyWidth);
        T* keys = Inputs.Keys.Row(span.FirstRow) + (keyHead * Inputs.KeyWidth);
        Scores<V>(query, keys, Inputs.Keys.Stride, Inputs.KeyWidth, heads, 0, visible.SinkEnd, weights, stride);
        Scores<V>(query, keys, Inputs.Keys.Stride, Inputs.KeyWidth, heads, visible.First, visible.End, weights, stride);
        T* y = Inputs.Y.Row(row) + (keyHead * heads * Inputs.ValueWidth);
        new Span<T>(y, heads * Inputs.ValueWidth).Clear();
        if (visible.SinkEnd + visible.End - visible.First > 0)
        {
            T factor = T.CreateTruncating(Inputs.Operands.Scale * 1.4426950408889634);
            for (int h = 0; h < heads; h++)
            {
                Weigh<V>(weights + ((nint)h * stride), visible, factor);
            }

            T* values = Inputs.Values.Row(span.FirstRow) + (keyHead * Inputs.ValueWidth);
            Sum<V>(weights, stride, heads, values, Inputs.Values.Stride, Inputs.ValueWidth, 0, visible.SinkEnd, y);
            Sum<V>(weights, stride, heads, values, Inputs.Values.Stride, Inputs.ValueWidth, visible.First, visible.End, y);
        }

        for (int h = 0; h < heads && !Inputs.Map.IsEmpty; h++)
        {
            var map = new Span<T>(Inputs.Map.Row(((nint)row * Inputs.Operands.Heads) + (keyHead * heads) + h), Inputs.Map.Columns);
            var seen = new ReadOnlySpan<T>(weights + ((nint)h * stride), span.Count);
            map.Clear();
            seen[..visible.SinkEnd].CopyTo(map);
            seen[visible.First..visible.End].CopyTo(map[visible.First..]);
        }
    }

    /// <summary>Dot products of queries and neighbouring keys.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scores<V>(
        T* queries, T* keys, nint keyStride, int width, int heads, int first, int end, T* scores, int stride)
        where V : struct, IPack<V, T>
    {
        for (int k = first; k < end; k++)
        {
            T* key = keys + (k * keyStride);
            int h = 0;
            for (; h + 4 <= heads; h += 4)
            {
                T* q0 = queries + (h * width);
                T* q1 = q0 + width;
                T* q2 = q1 + width;
                T* q3 = q2 + width;
                (V s0, V s1, V s2, V s3) = (default, default, default, default);
                int i = 0;
                for (; i + V.Width <= width; i += V.Width)
                {
                    V entries = V.Load(key + i);
                    s0 = V.MultiplyAdd(entries, V.Load(q0 + i), s0);
                    s1 = V.MultiplyAdd(entries, V.Load(q1 + i), s1);
                    s2 = V.MultiplyAdd(entries, V.Load(q2 + i), s2);
                    s3 = V.MultiplyAdd(entries, V.Load(q3 + i), s3);
                }

                if (i < width)
                {
                    V entries = V.LoadPart(key + i, width - i);
                    s0 = V.MultiplyAdd(entries, V.LoadPart(q0 + i, width - i), s0);
                    s1 = V.MultiplyAdd(entries, V.LoadPart(q1 + i, width - i), s1);
                    s2 = V.MultiplyAdd(entries, V.LoadPart(q2 + i, width - i), s2);
                    s3 = V.MultiplyAdd(entries, V.LoadPart(q3 + i, width - i), s3);
                }

                T* score = scores + ((nint)h * stride) + k;
                score[0] = V.Sum(s0);
                score[stride] = V.Sum(s1);
                score[2 * stride] = V.Sum(s2);
                score[3 * stride] = V.Sum(s3);
            }

            for (; h < heads; h++)
            {
                T* query = queries + (h * width);
                V sum = default;
                int i = 0;
                for (; i + V.Width <= width; i += V.Width)
                {
                    sum = V.MultiplyAdd(V.Load(key + i), V.Load(query + i), sum);
                }

                if (i < width)
                {
                    sum = V.MultiplyAdd(V.LoadPart(key + i, width - i), V.LoadPart(query + i, width - i), sum);
                }

                scores[((nint)h * stride) + k] = V.Sum(sum);
            }
        }
    }

    /// <summary>Scores of a head to weights that sum to one.</summary>
    private static void Weigh<V>(T* weights, VisibleKeys visible, T factor)
        where V : struct, IPack<V, T>
    {
        T greatest = T.Max(Greatest<V>(weights, 0, visible.SinkEnd, factor), Greatest<V>(weights, visible.First, visible.End, factor));
        T total = Exponentials<V>(weights, 0, visible.SinkEnd, factor, greatest) + Exponentials<V>(weights, visible.First, visible.End, factor, greatest);
        Divide<V>(weights, 0, visible.SinkEnd, total);
        Divide<V>(weights, visible.First, visible.End, total);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Greatest<V>(T* weights, int first, int end, T factor)
        where V : struct, IPack<V, T>
    {
        T greatest = T.CreateTruncating(-1e30);
        V by = V.All(factor);
        V most = V.All(greatest);
        int k = first;
        for (; k + V.Width <= end; k += V.Width)
        {
            most = V.Max(most, by * V.Load(weights + k));
        }

        greatest = V.Greatest(most);
        for (; k < end; k++)
        {
            greatest = T.Max(greatest, factor * weights[k]);
        }

        return greatest;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Exponentials<V>(T* weights, int first, int end, T factor, T greatest)
        where V : struct, IPack<V, T>
    {
        (V by, V most, V total) = (V.All(factor), V.All(greatest), default);
        for (int k = first; k < end; k += V.Width)
        {
            int count = Math.Min(V.Width, end - k);
            V weight = PackMath<V, T>.Exp2((by * V.LoadPart(weights + k, count)) - most);
            weight.StorePart(weights + k, count);
            total += V.LoadPart(weights + k, count);
        }

        return V.Sum(total);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Divide<V>(T* weights, int first, int end, T total)
        where V : struct, IPack<V, T>
    {
        V by = V.All(T.One / total);
        for (int k = first; k < end; k += V.Width)
        {
            int count = Math.Min(V.Width, end - k);
            (by * V.LoadPart(weights + k, count)).StorePart(weights + k, count);
        }
    }

    /// <summary>Adds weighed values of neighbouring keys.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum<V>(T* weights, int stride, int heads, T* values, nint valueStride, int width, int first, int end, T* y)
        where V : struct, IPack<V, T>
    {
        for (int run = first; run < end; run += KeysAtOnce)
        {
            int runEnd = Math.Min(run + KeysAtOnce, end);
            for (int h = 0; h < heads; h++)
            {
                T* weight = weights + ((nint)h * stride);
                T* sums = y + (h * width);
                int i = 0;
                for (; i + (4 * V.Width) <= width; i += 4 * V.Width)
                {
                    V s0 = V.Load(sums + i);
                    V s1 = V.Load(sums + i + V.Width);
                    V s2 = V.Load(sums + i + (2 * V.Width));
                    V s3 = V.Load(sums + i + (3 * V.Width));
                    for (int k = run; k < runEnd; k++)
                    {
                        T* value = values + (k * valueStride) + i;
                        V w = V.All(weight[k]);
                        s0 = V.MultiplyAdd(w, V.Load(value), s0);
                        s1 = V.MultiplyAdd(w, V.Load(value + V.Width), s1);
                        s2 = V.MultiplyAdd(w, V.Load(value + (2 * V.Width)), s2);
                        s3 = V.MultiplyAdd(w, V.Load(value + (3 * V.Width)), s3);
                    }

                    s0.Store(sums + i);
                    s1.Store(sums + i + V.Width);
                    s2.Store(sums + i + (2 * V.Width));
                    s3.Store(sums + i + (3 * V.Width));
                }

                for (; i < width; i += V.Width)
                {
                    int count = Math.Min(V.Width, width - i);
                    V sum = V.LoadPart(sums + i, count);
                    for (int k = run; k < runEnd; k++)
                    {
                        sum = V.MultiplyAdd(V.All(weight[k]), V.LoadPart(values + (k * valueStride) + i, count), sum);
                    }

                    sum.StorePart(sums + i, count);
                }
            }
        }
    }
}
