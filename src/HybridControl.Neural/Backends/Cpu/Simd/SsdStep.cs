using System.Numerics;
using System.Runtime.CompilerServices;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>State-space-duality scan token by token: each state is read, moved on, weighed and written in one go. A part is a head of a stream.</summary>
internal unsafe struct SsdStep<T> : IOperation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double Log2E = 1.4426950408889634;

    public SsdInputs<T> Inputs;
    public Scratch<T> Scratch;

    public readonly void Run<V>(int part, int worker)
        where V : struct, IPack<V, T>
    {
        (int stream, int head) = (part / Inputs.Heads, part % Inputs.Heads);
        (int width, int size) = (Inputs.Width, Inputs.Size);
        int group = head / Inputs.HeadsOfGroup;
        T* scaled = Scratch.Of(worker, V.Width + size + V.Width + (Inputs.State.IsEmpty ? width * size : 0)) + V.Width;
        T* states = scaled + size + V.Width;
        if (Inputs.State.IsEmpty)
        {
            new Span<T>(states, width * size).Clear();
        }
        else
        {
            states = Inputs.State.Row(stream) + ((nint)head * width * size);
        }

        for (int t = 0; t < Inputs.Shape.Length; t++)
        {
            nint row = ((nint)stream * Inputs.Shape.Length) + t;
            V delta = Inputs.StepSize(V.All(Inputs.RawDelta(row, head)));
            V decay = PackMath<V, T>.Exp2(delta * V.All(Inputs.A.Start[head]) * V.Constant(Log2E));
            T* b = Inputs.B.Row(row) + (group * size);
            for (int j = 0; j < size; j += V.Width)
            {
                int count = Math.Min(V.Width, size - j);
                (delta * (count == V.Width ? V.Load(b + j) : V.LoadPart(b + j, count))).StorePart(scaled + j, count);
            }

            T* x = Inputs.X.Row(row) + (head * width);
            T* y = Inputs.Y.Row(row) + (head * width);
            T direct = Inputs.D.IsEmpty ? T.Zero : Inputs.D.Start[head];
            Advance(states, width, size, decay, scaled, Inputs.C.Row(row) + (group * size), x, direct, y);
        }
    }

    /// <summary>One token: <c>h = decay h + x b'</c>, <c>y = h c + d x</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Advance<V>(T* states, int width, int size, V decay, T* b, T* c, T* x, T direct, T* y)
        where V : struct, IPack<V, T>
    {
        int p = 0;
        for (; p + 4 <= width; p += 4)
        {
            T* h0 = states + ((nint)p * size);
            T* h1 = h0 + size;
            T* h2 = h1 + size;
            T* h3 = h2 + size;
            V x0 = V.All(x[p]);
            V x1 = V.All(x[p + 1]);
            V x2 = V.All(x[p + 2]);
            V x3 = V.All(x[p + 3]);
            (V y0, V y1, V y2, V y3) = (default, default, default, default);
            int j = 0;
            for (; j + V.Width <= size; j += V.Width)
            {
                V input = V.Load(b + j);
                V output = V.Load(c + j);
                V state = V.MultiplyAdd(decay, V.Load(h0 + j), x0 * input);
                state.Store(h0 + j);
                y0 = V.MultiplyAdd(state, output, y0);
                state = V.MultiplyAdd(decay, V.Load(h1 + j), x1 * input);
                state.Store(h1 + j);
                y1 = V.MultiplyAdd(state, output, y1);
                state = V.MultiplyAdd(decay, V.Load(h2 + j), x2 * input);
                state.Store(h2 + j);
                y2 = V.MultiplyAdd(state, output, y2);
                state = V.MultiplyAdd(decay, V.Load(h3 + j), x3 * input);
                state.Store(h3 + j);
                y3 = V.MultiplyAdd(state, output, y3);
            }

            if (j < size)
            {
                y0 = Rest(h0, j, size, decay, x0, b, c, y0);
                y1 = Rest(h1, j, size, decay, x1, b, c, y1);
                y2 = Rest(h2, j, size, decay, x2, b, c, y2);
                y3 = Rest(h3, j, size, decay, x3, b, c, y3);
            }

            (T d0, T d1, T d2, T d3) = (direct * x[p], direct * x[p + 1], direct * x[p + 2], direct * x[p + 3]);
            y[p] = d0 + V.Sum(y0);
            y[p + 1] = d1 + V.Sum(y1);
            y[p + 2] = d2 + V.Sum(y2);
            y[p + 3] = d3 + V.Sum(y3);
        }

        for (; p < width; p++)
        {
            T* h = states + ((nint)p * size);
            V sum = default;
            for (int j = 0; j < size; j += V.Width)
            {
                sum = Rest(h, j, size, decay, V.All(x[p]), b, c, sum);
            }

            y[p] = (direct * x[p]) + V.Sum(sum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Rest<V>(T* h, int j, int size, V decay, V x, T* b, T* c, V sum)
        where V : struct, IPack<V, T>
    {
        int count = Math.Min(V.Width, size - j);
        V state = V.MultiplyAdd(decay, V.LoadPart(h + j, count), x * V.LoadPart(b + j, count));
        state.StorePart(h + j, count);
        return V.MultiplyAdd(state, V.LoadPart(c + j, count), sum);
    }
}
