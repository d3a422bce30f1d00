using HybridControl.Ensembles.Statistics;
using HybridControl.Numerics;

namespace HybridControl.Ensembles.Falsification;

/// <summary>The downhill simplex on the unit cube, from one place after the other.</summary>
/// <remarks>
/// J. A. Nelder and R. Mead, Computer J. 7 (1965), with their coefficients 1, 2, 1/2, 1/2. Points outside the cube are moved to its border.
/// The four trial points of an iteration are evaluated together, so that they can run at a time; a run more than needed is the price.
/// </remarks>
internal static class NelderMeadSearch
{
    private const double FirstSize = 0.25;
    private const double LeastSize = 1e-7;

    /// <summary>Searches until the budget is spent.</summary>
    public static void Run(FalsificationSearch search, int n, ulong seed)
    {
        for (long restart = 0; !search.IsOver; restart++)
        {
            double[] start = new double[n];
            for (int i = 0; i < n; i++)
            {
                start[i] = restart == 0 ? 0.5 : Philox4x32.Uniform(seed, restart, StatisticsStreams.Falsification, i);
            }

            Descend(search, start);
        }
    }

    private static void Descend(FalsificationSearch search, double[] start)
    {
        int n = start.Length;
        double[][] simplex = new double[n + 1][];
        for (int k = 0; k <= n; k++)
        {
            simplex[k] = [.. start];
            if (k > 0)
            {
                simplex[k][k - 1] += start[k - 1] < 0.5 ? FirstSize : -FirstSize;
            }
        }

        double[] values = search.Evaluate(simplex);
        while (!search.IsOver)
        {
            Array.Sort(values, simplex);
            if (Size(simplex) < LeastSize)
            {
                return;
            }

            double[] centre = new double[n];
            foreach (double[] point in simplex.AsSpan(0, n))
            {
                for (int i = 0; i < n; i++)
                {
                    centre[i] += point[i] / n;
                }
            }

            double[][] trials = [.. new[] { 1.0, 2.0, 0.5, -0.5 }.Select(reach => Beyond(centre, simplex[n], reach))];
            double[] found = search.Evaluate(trials);
            int best = found[0] < values[0] ? (found[1] < found[0] ? 1 : 0)
                : found[0] < values[n - 1] ? 0
                : found[0] < values[n] && found[2] <= found[0] ? 2
                : found[0] >= values[n] && found[3] < values[n] ? 3 : -1;
            if (best >= 0)
            {
                (simplex[n], values[n]) = (trials[best], found[best]);
                continue;
            }

            for (int k = 1; k <= n; k++)
            {
                simplex[k] = Beyond(simplex[0], simplex[k], -0.5);
            }

            search.Evaluate(simplex[1..]).CopyTo(values, 1);
        }
    }

    private static double[] Beyond(double[] centre, double[] from, double reach) =>
        [.. centre.Select((c, i) => Math.Clamp(c + (reach * (c - from[i])), 0.0, 1.0))];

    private static double Size(double[][] simplex)
    {
        double largest = 0.0;
        foreach (double[] point in simplex)
        {
            for (int i = 0; i < point.Length; i++)
            {
                largest = Math.Max(largest, Math.Abs(point[i] - simplex[0][i]));
            }
        }

        return largest;
    }
}
