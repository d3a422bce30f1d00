using System.Numerics;
using System.Runtime.CompilerServices;

namespace HybridControl.Solvers;

/// <summary>A weighted sum of slopes over all states, with its zero weights left out.</summary>
/// <remarks>
/// Vectors first, four at a time, so that a weight is fetched once for four of them. Each element is summed in the order of the
/// stages, whatever its place. 0 * NaN is NaN: an unused stage must not spread its value.
/// </remarks>
internal sealed class SparseStageSum
{
    private readonly int[] _used;
    private readonly double[] _weights;

    /// <summary>Keeps the weights that are not zero; there must be one.</summary>
    public SparseStageSum(IReadOnlyList<double> weights)
    {
        _used = [.. Enumerable.Range(0, weights.Count).Where(j => weights[j] != 0.0)];
        _weights = [.. _used.Select(j => weights[j])];
    }

    /// <summary>Writes start + h * sum into n entries.</summary>
    /// <param name="start">First of n entries.</param>
    /// <param name="h">Factor of the sum.</param>
    /// <param name="k">First slope of the first stage; stages follow each other, n entries each.</param>
    /// <param name="to">First entry of the result.</param>
    /// <param name="n">The number of states.</param>
    public void Advance(ref double start, double h, ref double k, ref double to, int n)
    {
        int width = Vector<double>.Count;
        int i = 0;
        var size = new Vector<double>(h);
        for (; i <= n - (4 * width); i += 4 * width)
        {
            SumFour(ref Unsafe.Add(ref k, i), n, out Vector<double> a, out Vector<double> b, out Vector<double> c, out Vector<double> d);
            Store(Vector.FusedMultiplyAdd(a, size, Load(ref start, i)), ref to, i);
            Store(Vector.FusedMultiplyAdd(b, size, Load(ref start, i + width)), ref to, i + width);
            Store(Vector.FusedMultiplyAdd(c, size, Load(ref start, i + (2 * width))), ref to, i + (2 * width));
            Store(Vector.FusedMultiplyAdd(d, size, Load(ref start, i + (3 * width))), ref to, i + (3 * width));
        }

        for (; i <= n - width; i += width)
        {
            Store(Vector.FusedMultiplyAdd(SumOne(ref Unsafe.Add(ref k, i), n), size, Load(ref start, i)), ref to, i);
        }

        for (; i < n; i++)
        {
            Unsafe.Add(ref to, i) = Math.FusedMultiplyAdd(h, At(ref Unsafe.Add(ref k, i), n), Unsafe.Add(ref start, i));
        }
    }

    /// <summary>Writes h * sum into n entries.</summary>
    /// <param name="h">Factor of the sum.</param>
    /// <param name="k">First slope of the first stage.</param>
    /// <param name="to">First entry of the result.</param>
    /// <param name="n">The number of states.</param>
    public void Scale(double h, ref double k, ref double to, int n)
    {
        int width = Vector<double>.Count;
        int i = 0;
        for (; i <= n - width; i += width)
        {
            Store(SumOne(ref Unsafe.Add(ref k, i), n) * h, ref to, i);
        }

        for (; i < n; i++)
        {
            Unsafe.Add(ref to, i) = h * At(ref Unsafe.Add(ref k, i), n);
        }
    }

    /// <summary>The sums of a whole vector of states.</summary>
    /// <param name="k">Slope of the first stage and the first of the states.</param>
    /// <param name="n">Distance between stages.</param>
    public Vector<double> SumOne(ref double k, int n)
    {
        ReadOnlySpan<int> used = _used;
        ReadOnlySpan<double> weights = _weights.AsSpan(0, used.Length);
        Vector<double> sum = Load(ref k, used[0] * n) * weights[0];
        for (int j = 1; j < used.Length; j++)
        {
            sum = Vector.FusedMultiplyAdd(Load(ref k, used[j] * n), new Vector<double>(weights[j]), sum);
        }

        return sum;
    }

    /// <summary>The sum of one state.</summary>
    public double At(ref double k, int n)
    {
        double sum = _weights[0] * Unsafe.Add(ref k, _used[0] * n);
        for (int j = 1; j < _used.Length; j++)
        {
            sum = Math.FusedMultiplyAdd(_weights[j], Unsafe.Add(ref k, _used[j] * n), sum);
        }

        return sum;
    }

    private void SumFour(
        ref double k, int n, out Vector<double> a, out Vector<double> b, out Vector<double> c, out Vector<double> d)
    {
        int width = Vector<double>.Count;
        ReadOnlySpan<int> used = _used;
        ReadOnlySpan<double> weights = _weights.AsSpan(0, used.Length);
        ref double at = ref Unsafe.Add(ref k, used[0] * n);
        var weight = new Vector<double>(weights[0]);
        Vector<double> p = Load(ref at, 0) * weight;
        Vector<double> q = Load(ref at, width) * weight;
        Vector<double> r = Load(ref at, 2 * width) * weight;
        Vector<double> s = Load(ref at, 3 * width) * weight;
        for (int j = 1; j < used.Length; j++)
        {
            at = ref Unsafe.Add(ref k, used[j] * n);
            weight = new Vector<double>(weights[j]);
            p = Vector.FusedMultiplyAdd(Load(ref at, 0), weight, p);
            q = Vector.FusedMultiplyAdd(Load(ref at, width), weight, q);
            r = Vector.FusedMultiplyAdd(Load(ref at, 2 * width), weight, r);
            s = Vector.FusedMultiplyAdd(Load(ref at, 3 * width), weight, s);
        }

        (a, b, c, d) = (p, q, r, s);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Load(ref double first, int index) => Vector.LoadUnsafe(ref first, (nuint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector<double> value, ref double first, int index) => Vector.StoreUnsafe(value, ref first, (nuint)index);
}
