using System.Numerics;
using System.Runtime.InteropServices;

namespace HybridControl.Solvers;

/// <summary>Weighted sums of the stages of a step.</summary>
internal static class StageSum
{
    /// <summary>to = from + factor (sum of weights[j] stage j), one pass for any number of stages.</summary>
    /// <param name="from">n numbers; may be <paramref name="to"/> itself.</param>
    /// <param name="factor">Factor on the sum.</param>
    /// <param name="weights">One weight for each stage that is summed; at least one.</param>
    /// <param name="stages">The stages, n numbers each.</param>
    /// <param name="to">Receives n numbers.</param>
    public static void Add(
        ReadOnlySpan<double> from, double factor, ReadOnlySpan<double> weights, ReadOnlySpan<double> stages, Span<double> to)
    {
        int n = to.Length;
        int width = Vector<double>.Count;
        ref double x = ref MemoryMarshal.GetReference(from);
        ref double k = ref MemoryMarshal.GetReference(stages[..(weights.Length * n)]);
        ref double result = ref MemoryMarshal.GetReference(to);
        int i = 0;
        for (; i <= n - width; i += width)
        {
            Vector<double> sum = Vector.LoadUnsafe(ref k, (nuint)i) * weights[0];
            for (int j = 1; j < weights.Length; j++)
            {
                sum = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref k, (nuint)((j * n) + i)), new Vector<double>(weights[j]), sum);
            }

            Vector.FusedMultiplyAdd(sum, new Vector<double>(factor), Vector.LoadUnsafe(ref x, (nuint)i)).StoreUnsafe(ref result, (nuint)i);
        }

        for (; i < n; i++)
        {
            double sum = weights[0] * stages[i];
            for (int j = 1; j < weights.Length; j++)
            {
                sum = Math.FusedMultiplyAdd(weights[j], stages[(j * n) + i], sum);
            }

            to[i] = Math.FusedMultiplyAdd(factor, sum, from[i]);
        }
    }

    /// <summary>The weighted sum of one state over its stages.</summary>
    /// <param name="weights">One weight for each stage.</param>
    /// <param name="stages">The stages, <paramref name="n"/> numbers each.</param>
    /// <param name="n">The number of states.</param>
    /// <param name="state">The state.</param>
    public static double Of(ReadOnlySpan<double> weights, ReadOnlySpan<double> stages, int n, int state)
    {
        double sum = 0.0;
        for (int j = 0; j < weights.Length; j++)
        {
            sum = Math.FusedMultiplyAdd(weights[j], stages[(j * n) + state], sum);
        }

        return sum;
    }
}
