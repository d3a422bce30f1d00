namespace HybridControl.Requirements.Robustness;

/// <summary>The larger or smaller of two curves on an open interval: at most five parts.</summary>
internal ref struct CurvePair
{
    /// <summary>The most parts.</summary>
    public const int MostParts = UnitPolynomial.Width;

    private readonly Span<double> _ends;
    private readonly Span<bool> _first;
    private readonly Curve _a;
    private readonly Curve _b;

    /// <summary>Compares two monotone curves between two times.</summary>
    /// <param name="a">The first, which wins where both are equal.</param>
    /// <param name="b">The second.</param>
    /// <param name="start">Start of the interval.</param>
    /// <param name="end">Its end.</param>
    /// <param name="larger">Whether the larger or the smaller one is wanted.</param>
    /// <param name="ends">Room for <see cref="MostParts"/> times.</param>
    /// <param name="first">Room for <see cref="MostParts"/> choices.</param>
    public CurvePair(in Curve a, in Curve b, double start, double end, bool larger, Span<double> ends, Span<bool> first)
    {
        _a = a;
        _b = b;
        _ends = ends;
        _first = first;
        Count = 1;
        ends[0] = end;
        double aStart = a.At(start), aEnd = a.At(end), bStart = b.At(start), bEnd = b.At(end);
        if (Math.Min(aStart, aEnd) >= Math.Max(bStart, bEnd))
        {
            first[0] = larger;
            if (Math.Min(aStart, aEnd) == Math.Max(bStart, bEnd) && a.Rests && b.Rests)
            {
                first[0] = true;
            }

            return;
        }

        if (Math.Max(aStart, aEnd) <= Math.Min(bStart, bEnd))
        {
            first[0] = !larger;
            return;
        }

        Span<double> c = stackalloc double[UnitPolynomial.Width];
        Span<double> d = stackalloc double[UnitPolynomial.Width];
        a.WriteBetween(start, end, c);
        b.WriteBetween(start, end, d);
        for (int k = 0; k < c.Length; k++)
        {
            c[k] -= d[k];
        }

        int roots = UnitPolynomial.Roots(c, d);
        Count = 0;
        double left = 0.0;
        for (int i = 0; i <= roots; i++)
        {
            double right = i < roots ? d[i] : 1.0;
            double time = i < roots ? start + (right * (end - start)) : end;
            if (i < roots && (time <= start || time >= end))
            {
                continue;
            }

            double difference = UnitPolynomial.At(c, 0.5 * (left + right));
            first[Count] = difference == 0.0 || difference > 0.0 == larger;
            ends[Count++] = time;
            left = right;
        }
    }

    /// <summary>The number of parts.</summary>
    public int Count { get; }

    /// <summary>Where a part ends.</summary>
    public readonly double EndOf(int part) => _ends[part];

    /// <summary>The curve of a part.</summary>
    public readonly Curve CurveOf(int part) => _first[part] ? _a : _b;
}
