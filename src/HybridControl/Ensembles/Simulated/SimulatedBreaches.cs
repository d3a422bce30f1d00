using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Simulated;

/// <summary>Tells a condition that is left from one whose surface the flow only meets, as far as events are located.</summary>
/// <remarks>
/// A guard on the same surface ends the flow up to tau beyond it, where g = -|dg/dt| tau. Left by more than a few times that
/// is left in earnest. The slope is that of the flow just before. One for each thread.
/// </remarks>
internal sealed class SimulatedBreaches
{
    private const double Epsilon = 2.220446049250313e-16;
    private const double Slack = 8.0;
    private const double Before = 1e-3;
    private const int SamplesOfStep = 4;

    private readonly ExprProgram _guards;
    private readonly SimulatedRun _run;
    private readonly double[] _values;

    public SimulatedBreaches(ExprProgram guards, SimulatedRun run)
    {
        (_guards, _run) = (guards, run);
        _values = new double[Math.Max(1, guards.OutputCount)];
    }

    /// <summary>Whether a condition that a monitor saw left at a time is beyond its surface anywhere until it holds again.</summary>
    public bool IsBeyondLocation(int condition, double time)
    {
        int piece = _run.PieceAt(time);
        while (piece > 0 && _run.TimesOf(piece).Start >= time)
        {
            piece--;
        }

        (double start, double end) = _run.TimesOf(piece);
        double reach = Math.Min(time, end) - start;
        if (!(reach > 0.0))
        {
            return true; // a jump, not the flow, has left it
        }

        double rate = Math.Abs(At(condition, piece, start + reach) - At(condition, piece, start + ((1.0 - Before) * reach))) / (Before * reach);
        double tau = 100.0 * Epsilon * (Math.Abs(time) + reach);
        double band = Slack * rate * tau;
        for (; piece <= _run.LastPiece; piece++)
        {
            double deepest = DeepestVisit(condition, piece, time, out bool holdsAgain);
            if (deepest < -band)
            {
                return true;
            }

            if (holdsAgain)
            {
                return false;
            }
        }

        return false;
    }

    // The lowest sample of a piece after a time, up to the first at which the condition holds again.
    private double DeepestVisit(int condition, int piece, double time, out bool holdsAgain)
    {
        (double start, double end) = _run.TimesOf(piece);
        double deepest = 0.0;
        double from = Math.Max(start, time);
        holdsAgain = false;
        ReadOnlySpan<double> steps = _run.StepTimesOf(piece);
        for (int next = 0; next <= steps.Length && from < end; next++)
        {
            double to = next < steps.Length ? Math.Min(steps[next], end) : end;
            for (int k = 1; k <= SamplesOfStep && to > from; k++)
            {
                double g = At(condition, piece, from + ((to - from) * k / SamplesOfStep));
                deepest = Math.Min(deepest, g);
                if (g > 0.0)
                {
                    holdsAgain = true;
                    return deepest;
                }
            }

            from = Math.Max(from, to);
        }

        return deepest;
    }

    private double At(int condition, int piece, double time)
    {
        _run.Evaluate(_guards, piece, time, _values);
        return _values[condition];
    }
}
