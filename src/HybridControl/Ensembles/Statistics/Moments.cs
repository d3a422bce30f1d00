using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HybridControl.Ensembles.Statistics;

/// <summary>Count, mean, sum of squared deviations and range of a set of numbers.</summary>
/// <remarks>
/// The mean is kept as an unevaluated sum of two doubles and the sum of squares is compensated, so that merging does not
/// lose digits where the mean is large against the deviation. Sets merge by T. F. Chan, G. H. Golub and R. J. LeVeque,
/// Amer. Statist. 37 (1983), 242-247, equation 2.1. Immutable. The loops over a block are compiled with all optimisations at
/// once: an ensemble is often over before the runtime would get to it.
/// </remarks>
internal readonly record struct Moments(
    long Count, long Missing, double Mean, double MeanRest, double Squares, double SquaresRest, double Min, double Max)
{
    /// <summary>The moments of no numbers.</summary>
    public static Moments Empty => new(0, 0, 0.0, 0.0, 0.0, 0.0, double.NaN, double.NaN);

    /// <summary>Unbiased variance; NaN with fewer than two numbers.</summary>
    public double Variance => Count < 2 ? double.NaN : (Squares + SquaresRest) / (Count - 1);

    /// <summary>The moments of finite numbers in two passes: a mean, then the deviations from it.</summary>
    /// <param name="values">Finite numbers.</param>
    /// <param name="missing">How many more there should have been.</param>
    public static Moments Of(ReadOnlySpan<double> values, long missing)
    {
        int n = values.Length;
        if (n == 0)
        {
            return Empty with { Missing = missing };
        }

        (double sum, double min, double max) = SumAndRange(values);
        if (min == max)
        {
            return new(n, missing, min, 0.0, 0.0, 0.0, min, max);
        }

        double rough = sum / n;
        if (!double.IsFinite(rough))
        {
            rough = (0.5 * min) + (0.5 * max);
        }

        // The rounded mean is corrected by the mean of the deviations from it, and the squares accordingly.
        (double first, double second) = DeviationSums(values, rough);
        double correction = first / n;
        (double mean, double rest) = TwoSum(rough, correction);
        return new(n, missing, mean, rest, Math.Max(0.0, second - (first * correction)), 0.0, min, max);
    }

    /// <summary>The moments of both sets together.</summary>
    public static Moments Merge(in Moments a, in Moments b)
    {
        long missing = a.Missing + b.Missing;
        if (a.Count == 0)
        {
            return b with { Missing = missing };
        }

        if (b.Count == 0)
        {
            return a with { Missing = missing };
        }

        double n = a.Count + b.Count;
        (double high, double low) = TwoSum(b.Mean, -a.Mean);
        double delta = high + (low + (b.MeanRest - a.MeanRest));
        (double mean, double rest) = TwoSum(a.Mean, delta * (b.Count / n));
        (mean, rest) = TwoSum(mean, rest + a.MeanRest);
        (double squares, double lost) = TwoSum(a.Squares, b.Squares);
        (squares, double lostToo) = TwoSum(squares, delta * delta * (a.Count * (b.Count / n)));
        return new(
            a.Count + b.Count, missing, mean, rest, squares, a.SquaresRest + b.SquaresRest + lost + lostToo,
            Math.Min(a.Min, b.Min), Math.Max(a.Max, b.Max));
    }

    /// <summary>The rounded sum of two numbers and what rounding lost; exact.</summary>
    /// <remarks>D. E. Knuth, The Art of Computer Programming 2, section 4.2.2, theorem B.</remarks>
    public static (double Sum, double Lost) TwoSum(double a, double b)
    {
        double sum = a + b;
        double part = sum - a;
        return (sum, (a - (sum - part)) + (b - part));
    }

    /// <summary>The sum of the products of two rows of equal length, rounded alike on every machine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ReadOnlySpan<Vector512<double>> left = MemoryMarshal.Cast<double, Vector512<double>>(a);
        ReadOnlySpan<Vector512<double>> right = MemoryMarshal.Cast<double, Vector512<double>>(b);
        Vector512<double> sums = Vector512<double>.Zero;
        for (int i = 0; i < left.Length; i++)
        {
            sums += left[i] * right[i];
        }

        double total = 0.0;
        for (int i = 0; i < Vector512<double>.Count; i++)
        {
            total += sums[i];
        }

        for (int i = left.Length * Vector512<double>.Count; i < a.Length; i++)
        {
            total += a[i] * b[i];
        }

        return total;
    }

    // Eight sums whatever the width of the machine's vectors, so that every machine rounds alike.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double Sum, double Min, double Max) SumAndRange(ReadOnlySpan<double> values)
    {
        ReadOnlySpan<Vector512<double>> vectors = MemoryMarshal.Cast<double, Vector512<double>>(values);
        Vector512<double> sum = Vector512<double>.Zero;
        Vector512<double> min = Vector512.Create(double.PositiveInfinity);
        Vector512<double> max = Vector512.Create(double.NegativeInfinity);
        foreach (Vector512<double> vector in vectors)
        {
            sum += vector;
            min = Vector512.Min(min, vector);
            max = Vector512.Max(max, vector);
        }

        double total = 0.0, least = double.PositiveInfinity, most = double.NegativeInfinity;
        for (int i = 0; i < Vector512<double>.Count; i++)
        {
            total += sum[i];
            least = Math.Min(least, min[i]);
            most = Math.Max(most, max[i]);
        }

        for (int i = vectors.Length * Vector512<double>.Count; i < values.Length; i++)
        {
            total += values[i];
            least = Math.Min(least, values[i]);
            most = Math.Max(most, values[i]);
        }

        return (total, least, most);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double First, double Second) DeviationSums(ReadOnlySpan<double> values, double center)
    {
        ReadOnlySpan<Vector512<double>> vectors = MemoryMarshal.Cast<double, Vector512<double>>(values);
        Vector512<double> middle = Vector512.Create(center);
        Vector512<double> first = Vector512<double>.Zero;
        Vector512<double> second = Vector512<double>.Zero;
        foreach (Vector512<double> vector in vectors)
        {
            Vector512<double> deviation = vector - middle;
            first += deviation;
            second += deviation * deviation;
        }

        double one = 0.0, two = 0.0;
        for (int i = 0; i < Vector512<double>.Count; i++)
        {
            one += first[i];
            two += second[i];
        }

        for (int i = vectors.Length * Vector512<double>.Count; i < values.Length; i++)
        {
            double deviation = values[i] - center;
            one += deviation;
            two += deviation * deviation;
        }

        return (one, two);
    }
}
