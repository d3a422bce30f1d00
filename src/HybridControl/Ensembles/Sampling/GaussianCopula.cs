using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace HybridControl.Ensembles.Sampling;

/// <summary>Correlates the normal scores of some variations of a plan: z = L s with the Cholesky factor L of their correlations.</summary>
/// <remarks>
/// Variations that no correlation names keep their own uniform numbers. Among those that are named the first keeps its score; in a Latin hypercube
/// or a Sobol design the balance of the others is that of the scores before they are mixed. Immutable and thread-safe.
/// </remarks>
internal sealed class GaussianCopula
{
    private readonly double[] _factor;

    private GaussianCopula(int[] variations, double[] factor)
    {
        Variations = variations;
        _factor = factor;
    }

    /// <summary>Numbers of the variations that are correlated, ascending.</summary>
    public int[] Variations { get; }

    /// <summary>
    /// The copula of a plan; false with the pairs to blame if the correlations contradict each other. All names are known and different, all coefficients
    /// are between -1 and 1.
    /// </summary>
    public static bool TryCreate(EnsemblePlan plan, [NotNullWhen(true)] out GaussianCopula? copula, out ImmutableArray<Correlation> blame)
    {
        string[] names = [.. plan.Variations.Select(variation => variation.Name)];
        int[] variations =
        [
            .. plan.Correlations.SelectMany(pair => new[] { Array.IndexOf(names, pair.First), Array.IndexOf(names, pair.Second) })
                .Distinct().Order(),
        ];
        int n = variations.Length;
        double[] factor = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            factor[(i * n) + i] = 1.0;
        }

        foreach (Correlation pair in plan.Correlations)
        {
            int first = Array.IndexOf(variations, Array.IndexOf(names, pair.First));
            int second = Array.IndexOf(variations, Array.IndexOf(names, pair.Second));
            factor[(Math.Max(first, second) * n) + Math.Min(first, second)] = pair.Coefficient;
        }

        int failed = Factorise(factor, n);
        copula = failed < 0 ? new(variations, factor) : null;
        blame = failed < 0 ? [] : Blame(plan, names, variations, failed);
        return copula is not null;
    }

    /// <summary>Mixes independent scores in place.</summary>
    /// <param name="scores">Scores of the correlated variations.</param>
    public void Mix(Span<double> scores)
    {
        int n = Variations.Length;
        for (int i = n - 1; i >= 0; i--)
        {
            double sum = 0.0;
            for (int j = 0; j <= i; j++)
            {
                sum += _factor[(i * n) + j] * scores[j];
            }

            scores[i] = sum;
        }
    }

    // Cholesky's method on the lower triangle, in place. Returns the row at which the matrix stops being positive definite, or -1.
    private static int Factorise(double[] a, int n)
    {
        // A pivot this small is the rounding of zero.
        const double smallest = 1e-12;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = a[(i * n) + j];
                for (int k = 0; k < j; k++)
                {
                    sum -= a[(i * n) + k] * a[(j * n) + k];
                }

                if (j < i)
                {
                    a[(i * n) + j] = sum / a[(j * n) + j];
                }
                else if (sum <= smallest)
                {
                    return i;
                }
                else
                {
                    a[(i * n) + i] = Math.Sqrt(sum);
                }
            }
        }

        return -1;
    }

    // The correlations of the variation at which the factorisation failed with those before it.
    private static ImmutableArray<Correlation> Blame(EnsemblePlan plan, string[] names, int[] variations, int row)
    {
        string[] before = [.. variations[..(row + 1)].Select(i => names[i])];
        string last = before[^1];
        return
        [
            .. plan.Correlations.Where(pair =>
                (pair.First == last || pair.Second == last) && before.Contains(pair.First) && before.Contains(pair.Second)),
        ];
    }
}
