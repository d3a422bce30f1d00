using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>How well a score tells two cases apart: the receiver operating characteristic of a detector.</summary>
/// <remarks>
/// From scores of cases known to be normal and of cases known to be not; a high score speaks for the second. Immutable and
/// thread-safe. J. A. Hanley and B. J. McNeil, Radiology 143 (1982), 29-36.
/// </remarks>
public sealed class DetectionCurve
{
    private readonly ImmutableArray<double> _normal;
    private readonly ImmutableArray<double> _changed;

    /// <summary>Creates a curve.</summary>
    /// <param name="normal">Scores of normal cases, at least one.</param>
    /// <param name="changed">Scores of the cases that should be detected, at least one.</param>
    /// <exception cref="ModelException">A list is empty or holds NaN.</exception>
    public DetectionCurve(IEnumerable<double> normal, IEnumerable<double> changed)
    {
        _normal = [.. normal.Order()];
        _changed = [.. changed.Order()];
        if (_normal.IsEmpty || _changed.IsEmpty || double.IsNaN(_normal[0]) || double.IsNaN(_changed[0]))
        {
            throw new ModelException(
                "detection", $"{_normal.Length} normal and {_changed.Length} changed scores, or a NaN among them", "Give numbers of both kinds.");
        }
    }

    /// <summary>The area under the curve: the probability that a changed case scores higher than a normal one; ties count half.</summary>
    public double Area
    {
        get
        {
            double sum = 0.0;
            int below = 0;
            int notAbove = 0;
            foreach (double score in _changed)
            {
                while (below < _normal.Length && _normal[below] < score)
                {
                    below++;
                }

                while (notAbove < _normal.Length && _normal[notAbove] <= score)
                {
                    notAbove++;
                }

                sum += 0.5 * (below + notAbove);
            }

            return sum / ((double)_normal.Length * _changed.Length);
        }
    }

    /// <summary>The standard error of <see cref="Area"/> after Hanley and McNeil.</summary>
    public double AreaError
    {
        get
        {
            double a = Area;
            double normalTerm = (_normal.Length - 1) * ((2.0 * a * a / (1.0 + a)) - (a * a));
            double changedTerm = (_changed.Length - 1) * ((a / (2.0 - a)) - (a * a));
            return Math.Sqrt(Math.Max(0.0, (a * (1.0 - a)) + normalTerm + changedTerm) / ((double)_normal.Length * _changed.Length));
        }
    }

    /// <summary>The smallest threshold that at most a fraction <paramref name="falseAlarmRate"/> of the normal scores exceeds.</summary>
    public double Threshold(double falseAlarmRate)
    {
        int allowed = (int)Math.Floor(Math.Clamp(falseAlarmRate, 0.0, 1.0) * _normal.Length);
        return allowed == _normal.Length ? double.NegativeInfinity : _normal[_normal.Length - 1 - allowed];
    }

    /// <summary>The fraction of changed cases that exceed that threshold.</summary>
    public double DetectionAt(double falseAlarmRate)
    {
        double threshold = Threshold(falseAlarmRate);
        return (double)_changed.Count(score => score > threshold) / _changed.Length;
    }
}
