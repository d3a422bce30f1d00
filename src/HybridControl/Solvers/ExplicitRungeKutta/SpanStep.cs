using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>One trial step of a large system, or of a delegate: loops over the states around calls of the right-hand side.</summary>
internal sealed class SpanStep
{
    private readonly ButcherTableau _tableau;
    private readonly OdeFunction _function;
    private readonly int _n;
    private readonly int[][] _used;
    private readonly double[][] _weights;
    private readonly int[] _errorUsed;
    private readonly double[] _errorWeights;

    public SpanStep(ButcherTableau tableau, OdeFunction function)
    {
        _tableau = tableau;
        _function = function;
        _n = function.Dimension;
        _used = [.. tableau.A.Select(row => NonZero(row))];
        _weights = [.. tableau.A.Select(row => row.Where(weight => weight != 0.0).ToArray())];
        _errorUsed = NonZero(tableau.E);
        _errorWeights = [.. tableau.E.Where(weight => weight != 0.0)];
    }

    /// <summary>Takes the step; the signature is <see cref="StepFunction"/>.</summary>
    public double Take(
        double time, double size, ref double states, ref double data, ref double work, double relative, double absolute)
    {
        int n = _n;
        Span<double> stage = MemoryMarshal.CreateSpan(ref work, n);
        ReadOnlySpan<double> start = MemoryMarshal.CreateReadOnlySpan(ref states, n);
        for (int s = 1; s < _tableau.Stages; s++)
        {
            Combine(start, size, _used[s - 1], _weights[s - 1], ref Unsafe.Add(ref work, n), stage);
            _function.Derivatives(
                time + (_tableau.C[s] * size), ref work, ref data, ref Unsafe.Add(ref work, (s + 1) * n));
        }

        return _errorUsed.Length == 0 || n == 0 ? 0.0 : ErrorOf(start, stage, size, ref Unsafe.Add(ref work, n), relative, absolute);
    }

    private static int[] NonZero(IEnumerable<double> weights) =>
        [.. weights.Select((weight, index) => (weight, index)).Where(w => w.weight != 0.0).Select(w => w.index)];

    // stage = start + h * (sum of weights[j] * k[used[j]]), one pass for any number of stages, vectors first.
    private static void Combine(
        ReadOnlySpan<double> start, double h, ReadOnlySpan<int> used, ReadOnlySpan<double> weights, ref double k, Span<double> stage)
    {
        int n = start.Length;
        int width = System.Numerics.Vector<double>.Count;
        int i = 0;
        ref double from = ref MemoryMarshal.GetReference(start);
        ref double to = ref MemoryMarshal.GetReference(stage);
        var size = new System.Numerics.Vector<double>(h);
        for (; i <= n - width; i += width)
        {
            System.Numerics.Vector<double> sum =
                LoadVector(ref k, (used[0] * n) + i) * new System.Numerics.Vector<double>(weights[0]);
            for (int j = 1; j < used.Length; j++)
            {
                sum = System.Numerics.Vector.FusedMultiplyAdd(
                    LoadVector(ref k, (used[j] * n) + i), new System.Numerics.Vector<double>(weights[j]), sum);
            }

            StoreVector(System.Numerics.Vector.FusedMultiplyAdd(sum, size, LoadVector(ref from, i)), ref to, i);
        }

        for (; i < n; i++)
        {
            double sum = weights[0] * Unsafe.Add(ref k, (used[0] * n) + i);
            for (int j = 1; j < used.Length; j++)
            {
                sum = Math.FusedMultiplyAdd(weights[j], Unsafe.Add(ref k, (used[j] * n) + i), sum);
            }

            Unsafe.Add(ref to, i) = Math.FusedMultiplyAdd(h, sum, Unsafe.Add(ref from, i));
        }
    }

    private double ErrorOf(
        ReadOnlySpan<double> start, ReadOnlySpan<double> end, double h, ref double k, double relative, double absolute)
    {
        int n = start.Length;
        double sum = 0.0;
        for (int i = 0; i < n; i++)
        {
            double error = _errorWeights[0] * Unsafe.Add(ref k, (_errorUsed[0] * n) + i);
            for (int j = 1; j < _errorUsed.Length; j++)
            {
                error = Math.FusedMultiplyAdd(_errorWeights[j], Unsafe.Add(ref k, (_errorUsed[j] * n) + i), error);
            }

            double scale = absolute + (relative * Math.Max(Math.Abs(start[i]), Math.Abs(end[i])));
            double ratio = h * error / scale;
            sum = Math.FusedMultiplyAdd(ratio, ratio, sum);
        }

        return sum / n;
    }

    private static System.Numerics.Vector<double> LoadVector(ref double first, int index) =>
        System.Numerics.Vector.LoadUnsafe(ref first, (nuint)index);

    private static void StoreVector(System.Numerics.Vector<double> value, ref double first, int index) =>
        System.Numerics.Vector.StoreUnsafe(value, ref first, (nuint)index);
}
