using System.Numerics;
using HybridControl.Numerics;

namespace HybridControl.Neural.Identification;

/// <summary>Poles from inputs and outputs alone, by projection of future outputs onto the past beside future inputs.</summary>
/// <remarks>
/// MOESP with past inputs and outputs as instruments: the block L32 of the triangle of [Uf; Up; Yp; Yf] has the column space of the extended
/// observability matrix, whose shift holds the poles. Consistent with coloured noise. M. Verhaegen, Automatica 30 (1994), 61-74.
/// </remarks>
internal sealed class SubspacePoles
{
    private const int MostRows = 240;
    private const int MostBlocks = 30;

    // Singular values come from squares, which leaves them half of the digits.
    private const double Resolution = 1e-6;

    private readonly double[] _directions;
    private readonly int _blocks;
    private readonly int _outputs;

    private SubspacePoles(double[] directions, double[] singular, int blocks, int outputs)
    {
        (_directions, Singular, _blocks, _outputs) = (directions, singular, blocks, outputs);
    }

    /// <summary>Singular values of the projection, the largest first.</summary>
    public double[] Singular { get; }

    /// <summary>Highest order that can be asked for.</summary>
    public int HighestOrder => (_blocks - 1) * _outputs;

    /// <summary>The order behind which singular values fall most, up to a limit.</summary>
    public int SuggestOrder(int most)
    {
        (int order, double fall) = (1, 0.0);
        for (int n = 1; n <= Math.Min(most, Math.Min(HighestOrder, Singular.Length - 1)); n++)
        {
            double ratio = Singular[n - 1] / Math.Max(Singular[n], Resolution * Singular[0]);
            if (ratio > fall)
            {
                (order, fall) = (n, ratio);
            }
        }

        return order;
    }

    /// <summary>Projects; null if there are too few rows for it, or numbers that are not finite.</summary>
    public static SubspacePoles? Of(ModalData data)
    {
        (int p, int m) = (data.Inputs, data.Outputs);
        int ample = data.AllTrainRows / (6 * (p + m));
        int least = Math.Min(4, data.AllTrainRows / (2 * (p + m + 1)));
        int blocks = Math.Min(MostBlocks, Math.Min(MostRows / (2 * (p + m)), Math.Max(ample, least)));
        if (blocks < 2)
        {
            return null;
        }

        // One row of ones stands beside future inputs: a rest point that is not zero is no pole at one.
        int rows = 1 + (2 * blocks * (p + m));
        var triangle = new ColumnTriangle(rows);
        var column = new double[rows];
        foreach (ModalRun run in data.Runs)
        {
            double[] outputs = Filled(run, m);
            for (int k = 0; k + (2 * blocks) <= run.TrainRows; k++)
            {
                ReadOnlySpan<double> u = run.Inputs.AsSpan(k * p, 2 * blocks * p);
                ReadOnlySpan<double> y = outputs.AsSpan(k * m, 2 * blocks * m);
                column[0] = 1.0;
                u[(blocks * p)..].CopyTo(column.AsSpan(1));
                u[..(blocks * p)].CopyTo(column.AsSpan(1 + (blocks * p)));
                y.CopyTo(column.AsSpan(1 + (2 * blocks * p)));
                triangle.Add(column);
            }
        }

        if (triangle.Count < rows)
        {
            return null;
        }

        int past = blocks * (p + m);
        int future = blocks * m;
        double[] projection = triangle.Block(1 + past + (blocks * p), 1 + (blocks * p), future, past);
        var gram = new double[future * future];
        Dense.MultiplyTransposed(projection, projection, gram, future, past, future);
        var vectors = new double[future * future];
        if (!SymmetricEigen.Decompose(gram, vectors, future))
        {
            return null;
        }

        int[] places = [.. Enumerable.Range(0, future).OrderByDescending(i => gram[i * (future + 1)])];
        return new(
            [.. places.SelectMany(i => vectors[(i * future)..((i + 1) * future)])],
            [.. places.Select(i => Math.Sqrt(Math.Max(gram[i * (future + 1)], 0.0)))],
            blocks,
            m);
    }

    /// <summary>Multipliers from one sample to the next, of an order; fewer if the data do not hold as many.</summary>
    public Complex[] Multipliers(int order)
    {
        int future = _blocks * _outputs;
        int n = Math.Min(order, HighestOrder);
        int rows = future - _outputs;

        // Row r of the observability matrix is entry r of each direction; A maps rows to those one block below.
        var square = new double[n * n];
        var shifted = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            ReadOnlySpan<double> left = _directions.AsSpan(i * future, rows);
            for (int j = 0; j < n; j++)
            {
                square[(i * n) + j] = Dense.Dot(left, _directions.AsSpan(j * future, rows));
                shifted[(i * n) + j] = Dense.Dot(left, _directions.AsSpan((j * future) + _outputs, rows));
            }
        }

        return GaussianElimination.Solve(square, shifted, n, n, out _) && Dense.IsFinite(shifted) ? Eigenvalues.Of(shifted, n) : [];
    }

    // Lines through gaps; the last value goes on.
    private static double[] Filled(ModalRun run, int m)
    {
        double[] outputs = [.. run.Outputs];
        for (int o = 0; o < m; o++)
        {
            int last = -1;
            for (int k = 0; k < run.Rows; k++)
            {
                double value = outputs[(k * m) + o];
                if (double.IsNaN(value))
                {
                    continue;
                }

                double from = last < 0 ? value : outputs[(last * m) + o];
                for (int i = last + 1; i < k; i++)
                {
                    double share = last < 0 ? 1.0 : (double)(i - last) / (k - last);
                    outputs[(i * m) + o] = from + (share * (value - from));
                }

                last = k;
            }

            for (int i = last + 1; i < run.Rows; i++)
            {
                outputs[(i * m) + o] = last < 0 ? 0.0 : outputs[(last * m) + o];
            }
        }

        return outputs;
    }
}
