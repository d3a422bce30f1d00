namespace HybridControl.Requirements.Robustness;

/// <summary>Robustness of "a until b" without a bound, by one walk from the end of the signals.</summary>
/// <remarks>
/// U(t) is the greatest over t' >= t of min(b(t'), least a over [t, t']). At a point followed by z it is min(a, max(b, z)). On a
/// stretch where a falls it is the larger of the greatest min(a, b) still to come and min(a at the end, z); where a rises it is
/// min(a, max(greatest b still to come, z)). A. Donze, T. Ferrere, O. Maler, CAV (2013).
/// </remarks>
internal static class UntilScan
{
    /// <summary>Scans two signals.</summary>
    /// <param name="a">What must hold until then.</param>
    /// <param name="b">What must hold then.</param>
    /// <param name="after">The value after the end.</param>
    public static RobustSignal Run(RobustSignal a, RobustSignal b, Curve after)
    {
        List<Pointwise.Pair> pairs = Pointwise.Align(a, b);
        var stretches = new List<Stretch>(pairs.Count);
        Span<double> ends = stackalloc double[CurvePair.MostParts];
        Span<bool> first = stackalloc bool[CurvePair.MostParts];
        Curve z = after;
        for (int i = pairs.Count - 1; i >= 0; i--)
        {
            Pointwise.Pair pair = pairs[i];
            if (pair.IsPoint)
            {
                z = AtPoint(pair.A, pair.B, z);
                stretches.Add(new(pair.Start, pair.Start, pair.Piece, z));
                continue;
            }

            // Parts on which a and b do not cross, the last one first.
            var smaller = new CurvePair(pair.A, pair.B, pair.Start, pair.End, larger: false, ends, first);
            for (int k = smaller.Count - 1; k >= 0; k--)
            {
                double start = k == 0 ? pair.Start : smaller.EndOf(k - 1);
                z = OnPart(pair, smaller.CurveOf(k), start, smaller.EndOf(k), z, stretches);
                if (k > 0)
                {
                    z = AtPoint(pair.A.RestAt(start), pair.B.RestAt(start), z);
                    stretches.Add(new(start, start, pair.Piece, z));
                }
            }
        }

        stretches.Reverse();
        var result = new RobustSignal();
        foreach (Stretch stretch in stretches)
        {
            if (stretch.IsPoint)
            {
                result.AddPoint(stretch.Start, stretch.Piece, stretch.Curve);
            }
            else
            {
                result.AddOpen(stretch.Start, stretch.End, stretch.Piece, stretch.Curve);
            }
        }

        return result;
    }

    private static Curve AtPoint(in Curve a, in Curve b, in Curve z) =>
        Pointwise.Choose(a, Pointwise.Choose(b, z, larger: true), larger: false);

    private static Curve OnPart(in Pointwise.Pair pair, in Curve smaller, double start, double end, in Curve z, List<Stretch> stretches)
    {
        Curve atEnd = pair.A.RestAt(end);
        bool falls = pair.A.At(start) >= atEnd.C0;
        Curve coming = falls ? smaller : pair.B;
        coming = coming.At(start) <= coming.At(end) ? coming.RestAt(end) : coming;
        Curve rest = falls ? Pointwise.Choose(atEnd, z, larger: false) : z;
        Span<double> ends = stackalloc double[CurvePair.MostParts];
        Span<bool> first = stackalloc bool[CurvePair.MostParts];
        Span<double> innerEnds = stackalloc double[CurvePair.MostParts];
        Span<bool> innerFirst = stackalloc bool[CurvePair.MostParts];
        var outer = new CurvePair(coming, rest, start, end, larger: true, ends, first);
        Curve value = default;
        for (int k = outer.Count - 1; k >= 0; k--)
        {
            double from = k == 0 ? start : outer.EndOf(k - 1);
            Curve best = outer.CurveOf(k);
            var inner = new CurvePair(best, falls ? best : pair.A, from, outer.EndOf(k), larger: false, innerEnds, innerFirst);
            for (int m = inner.Count - 1; m >= 0; m--)
            {
                double left = m == 0 ? from : inner.EndOf(m - 1);
                value = inner.CurveOf(m);
                stretches.Add(new(left, inner.EndOf(m), pair.Piece, value));
                if (left > start)
                {
                    stretches.Add(new(left, left, pair.Piece, value.RestAt(left)));
                }
            }
        }

        return value.RestAt(start);
    }
}
