using HybridControl.Numerics;

namespace HybridControl.Tests.TestKit;

/// <summary>Standard normal numbers of one simulated run: the same for the same seed and run.</summary>
public sealed class NormalDraws(ulong seed, long run)
{
    private long _draw;

    /// <summary>The next number.</summary>
    public double Next() => NormalLaw.Quantile(Philox4x32.Uniform(seed, run, 0, _draw++));

    /// <summary>Fills a vector.</summary>
    public void Fill(Span<double> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Next();
        }
    }

    /// <summary>The next <paramref name="count"/> numbers.</summary>
    public double[] Numbers(int count)
    {
        double[] numbers = new double[count];
        Fill(numbers);
        return numbers;
    }

    /// <summary>Draws from a factor: A times as many standard normal numbers as it has columns.</summary>
    /// <param name="factor">A, rows by columns, row-major.</param>
    /// <param name="rows">Rows of A.</param>
    public double[] Times(ReadOnlySpan<double> factor, int rows)
    {
        var white = new double[factor.Length / rows];
        Fill(white);
        var result = new double[rows];
        Dense.MultiplyVector(factor, white, result);
        return result;
    }
}
