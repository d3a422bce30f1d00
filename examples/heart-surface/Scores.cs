namespace HeartSurface;

/// <summary>How well an estimate of some beats agrees with the truth.</summary>
/// <param name="RelativeError">|x_hat - x| / |x| over all nodes and samples.</param>
/// <param name="Correlation">Correlation of x_hat and x over all nodes and samples.</param>
/// <param name="OriginError">Mean distance of the estimated from the true origin, in degrees of the circumference.</param>
/// <param name="Coverage">Fraction of potentials inside their 90 % interval; NaN for methods that have none.</param>
public readonly record struct Scores(double RelativeError, double Correlation, double OriginError, double Coverage)
{
    /// <summary>Judges estimates, one list of rows for each beat.</summary>
    public static Scores Of(Beat[] beats, double[][][] estimates, double[][][]? deviations)
    {
        double[] truth = [.. beats.SelectMany(beat => beat.Potentials).SelectMany(row => row)];
        double[] guess = [.. estimates.SelectMany(rows => rows).SelectMany(row => row)];
        double[] error = [.. truth.Zip(guess, (a, b) => a - b)];
        double[]? widths = deviations is null ? null : [.. deviations.SelectMany(rows => rows).SelectMany(row => row)];
        double origins = beats.Select((beat, b) => Distance(beat.Origin, OriginOf(estimates[b]))).Average();
        return new Scores(
            Math.Sqrt(error.Sum(e => e * e) / truth.Sum(x => x * x)),
            Correlate(truth, guess),
            360.0 * origins,
            widths is null ? double.NaN : error.Where((e, i) => Math.Abs(e) < 1.6449 * widths[i]).Count() / (double)error.Length);
    }

    // The middle of the nodes that pass one half first: where their centre of gravity on the circle points to.
    private static double OriginOf(double[][] rows)
    {
        int nodes = rows[0].Length;
        int[] first = [.. Enumerable.Range(0, nodes).Select(i => Array.FindIndex(rows, row => row[i] > 0.5))];
        int[] early = [.. Enumerable.Range(0, nodes).Where(i => first[i] >= 0).OrderBy(i => first[i]).Take(Math.Max(1, nodes / 8))];
        (double x, double y) = (0.0, 0.0);
        foreach (int i in early)
        {
            (double s, double c) = Math.SinCos(2.0 * Math.PI * i / nodes);
            (x, y) = (x + c, y + s);
        }

        return Math.Atan2(y, x) / (2.0 * Math.PI);
    }

    private static double Distance(double a, double b) => Math.Abs(Math.IEEERemainder(a - b, 1.0));

    private static double Correlate(double[] a, double[] b)
    {
        (double meanA, double meanB) = (a.Average(), b.Average());
        double product = a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Sum();
        return product / Math.Sqrt(a.Sum(x => (x - meanA) * (x - meanA)) * b.Sum(y => (y - meanB) * (y - meanB)));
    }
}
