namespace HybridControl.Requirements.Robustness;

/// <summary>One atom of a formula as a function of time: it decides the robustness on a stretch.</summary>
/// <remarks>
/// Either it moves: the value at t is that of the atom at t + <see cref="Place"/>, a quartic in (t - Origin) / Scale. Or it rests: the
/// value is C0, that of the atom at the time <see cref="Place"/>. Monotone where it stands.
/// </remarks>
/// <param name="Atom">Number of the atom; <see cref="Nothing"/> where no atom decides.</param>
/// <param name="Negated">Whether the sign of the atom is reversed.</param>
/// <param name="Rests">Whether it rests.</param>
/// <param name="Piece">The piece of the trace from which the value comes.</param>
/// <param name="Place">Where it comes from: a time, or a shift of time.</param>
/// <param name="Origin">Where the quartic begins.</param>
/// <param name="Scale">Its unit of time.</param>
/// <param name="C0">Coefficient, and the value of a curve that rests.</param>
/// <param name="C1">Coefficient.</param>
/// <param name="C2">Coefficient.</param>
/// <param name="C3">Coefficient.</param>
/// <param name="C4">Coefficient.</param>
internal readonly record struct Curve(
    int Atom, bool Negated, bool Rests, int Piece, double Place, double Origin, double Scale, double C0, double C1, double C2, double C3, double C4)
{
    /// <summary>The number of no atom: what lies beyond the trace, or an empty interval.</summary>
    public const int Nothing = -1;

    /// <summary>What is known beyond the trace.</summary>
    public static Curve Unknown(double value, double time) =>
        new(Nothing, false, true, 0, time, 0.0, 1.0, value, 0.0, 0.0, 0.0, 0.0);

    /// <summary>A value of an atom at a time.</summary>
    public static Curve Value(int atom, double value, int piece, double time) =>
        new(atom, false, true, piece, time, 0.0, 1.0, value, 0.0, 0.0, 0.0, 0.0);

    /// <summary>A quartic in (t - origin) / scale.</summary>
    public static Curve Moving(int atom, int piece, double origin, double scale, ReadOnlySpan<double> c) =>
        new(atom, false, false, piece, 0.0, origin, scale, c[0], c[1], c[2], c[3], c[4]);

    /// <summary>The value at a time.</summary>
    public double At(double time)
    {
        if (Rests)
        {
            return C0;
        }

        double x = (time - Origin) / Scale;
        return C0 + (x * (C1 + (x * (C2 + (x * (C3 + (x * C4)))))));
    }

    /// <summary>The value at a time, resting.</summary>
    public Curve RestAt(double time) => Rests
        ? this
        : new(Atom, Negated, true, Piece, time + Place, 0.0, 1.0, At(time), 0.0, 0.0, 0.0, 0.0);

    /// <summary>The curve seen from <paramref name="ahead"/> seconds before.</summary>
    public Curve Ahead(double ahead) => Rests ? this : this with { Origin = Origin - ahead, Place = Place + ahead };

    /// <summary>The negative.</summary>
    public static Curve operator -(Curve a) =>
        a with { Negated = !a.Negated, C0 = -a.C0, C1 = -a.C1, C2 = -a.C2, C3 = -a.C3, C4 = -a.C4 };

    /// <summary>Writes it as a polynomial on [0, 1] between two times.</summary>
    public void WriteBetween(double start, double end, Span<double> c)
    {
        c.Clear();
        c[0] = C0;
        if (!Rests)
        {
            (c[1], c[2], c[3], c[4]) = (C1, C2, C3, C4);
            UnitPolynomial.Rebase(c, (start - Origin) / Scale, (end - Origin) / Scale);
        }
    }
}
