using System.Runtime.InteropServices;

namespace HybridControl.Requirements.Robustness;

/// <summary>The robustness of a formula along a trace: for each piece a point, then open intervals and points in turn, the last a point.</summary>
/// <remarks>Neighbours with the same curve are joined. Not thread-safe while it grows.</remarks>
internal sealed class RobustSignal
{
    private readonly List<Stretch> _stretches = [];

    /// <summary>The stretches, in the order of hybrid time.</summary>
    public ReadOnlySpan<Stretch> Stretches => CollectionsMarshal.AsSpan(_stretches);

    /// <summary>Adds a point.</summary>
    public void AddPoint(double time, int piece, in Curve curve) => _stretches.Add(new(time, time, piece, curve.RestAt(time)));

    /// <summary>Adds an open interval that begins where the last point is.</summary>
    public void AddOpen(double start, double end, int piece, in Curve curve)
    {
        if (_stretches.Count >= 2)
        {
            Stretch point = _stretches[^1];
            Stretch before = _stretches[^2];
            if (before.Piece == piece && !before.IsPoint && before.Curve == curve && point.Curve == curve.RestAt(start) &&
                !Turns(curve, before.Start, start, end))
            {
                _stretches.RemoveAt(_stretches.Count - 1);
                _stretches[^1] = before with { End = end };
                return;
            }
        }

        _stretches.Add(new(start, end, piece, curve));
    }

    // Stretches are monotone: two that rise and fall stay apart.
    private static bool Turns(in Curve curve, double start, double middle, double end)
    {
        double value = curve.At(middle);
        return !curve.Rests && (value - curve.At(start)) * (curve.At(end) - value) < 0.0;
    }

    /// <summary>The negative; this signal is used up.</summary>
    public RobustSignal Negate()
    {
        foreach (ref Stretch stretch in CollectionsMarshal.AsSpan(_stretches))
        {
            stretch = stretch with { Curve = -stretch.Curve };
        }

        return this;
    }
}
