namespace HybridControl.Requirements.Robustness;

/// <summary>The larger or smaller of two signals over the same times.</summary>
internal static class Pointwise
{
    /// <summary>Two signals on common stretches.</summary>
    public readonly record struct Pair(double Start, double End, int Piece, Curve A, Curve B)
    {
        public bool IsPoint => Start == End;
    }

    /// <summary>Cuts two signals into common stretches.</summary>
    public static List<Pair> Align(RobustSignal a, RobustSignal b)
    {
        ReadOnlySpan<Stretch> x = a.Stretches;
        ReadOnlySpan<Stretch> y = b.Stretches;
        var pairs = new List<Pair>(x.Length + y.Length);
        int i = 0;
        int j = 0;
        double from = double.NaN;
        while (i < x.Length && j < y.Length)
        {
            Stretch p = x[i];
            Stretch q = y[j];
            if (p.IsPoint || q.IsPoint)
            {
                double time = p.IsPoint ? p.Start : q.Start;
                pairs.Add(new(time, time, p.Piece, p.Curve.RestAt(time), q.Curve.RestAt(time)));
                i += p.IsPoint ? 1 : 0;
                j += q.IsPoint ? 1 : 0;
                from = time;
                continue;
            }

            // Both are open from the last point on; the nearer end is a point of at least one.
            double end = Math.Min(p.End, q.End);
            pairs.Add(new(from, end, p.Piece, p.Curve, q.Curve));
            i += p.End == end ? 1 : 0;
            j += q.End == end ? 1 : 0;
        }

        return pairs;
    }

    /// <summary>The larger or smaller of two signals.</summary>
    public static RobustSignal Combine(RobustSignal a, RobustSignal b, bool larger)
    {
        var result = new RobustSignal();
        Span<double> ends = stackalloc double[CurvePair.MostParts];
        Span<bool> first = stackalloc bool[CurvePair.MostParts];
        foreach (Pair pair in Align(a, b))
        {
            if (pair.IsPoint)
            {
                result.AddPoint(pair.Start, pair.Piece, Choose(pair.A, pair.B, larger));
                continue;
            }

            var parts = new CurvePair(pair.A, pair.B, pair.Start, pair.End, larger, ends, first);
            double start = pair.Start;
            for (int k = 0; k < parts.Count; k++)
            {
                Curve curve = parts.CurveOf(k);
                result.AddOpen(start, parts.EndOf(k), pair.Piece, curve);
                start = parts.EndOf(k);
                if (k + 1 < parts.Count)
                {
                    result.AddPoint(start, pair.Piece, curve);
                }
            }
        }

        return result;
    }

    /// <summary>The larger or smaller of two values.</summary>
    public static Curve Choose(in Curve a, in Curve b, bool larger) => (larger ? a.C0 >= b.C0 : a.C0 <= b.C0) ? a : b;
}
