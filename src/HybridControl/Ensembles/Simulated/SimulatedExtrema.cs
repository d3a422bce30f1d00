using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Simulated;

/// <summary>Smallest and largest values of expressions along a run: sampled within each step, then refined between samples.</summary>
/// <remarks>
/// Eight samples a step; a sample that exceeds both neighbours is refined by golden sections on the dense output unless
/// the parabola through the three stays below the best so far. Not thread-safe.
/// </remarks>
internal sealed class SimulatedExtrema(ExprProgram program, SimulatedRun run)
{
    private const int SamplesPerStep = 8;
    private const int Sections = 44;
    private static readonly double s_golden = (Math.Sqrt(5.0) - 1.0) / 2.0;

    private readonly double[] _values = new double[program.OutputCount];
    private readonly double[] _last = new double[program.OutputCount];
    private readonly double[] _previous = new double[program.OutputCount];
    private readonly double[] _scratch = new double[program.OutputCount];
    private readonly double[] _minimum = new double[program.OutputCount];
    private readonly double[] _maximum = new double[program.OutputCount];
    private double _lastTime;
    private double _previousTime;
    private int _known;

    /// <summary>The smallest value of an expression.</summary>
    public double Minimum(int expression) => _minimum[expression];

    /// <summary>The largest value of an expression.</summary>
    public double Maximum(int expression) => _maximum[expression];

    /// <summary>Goes through the whole trajectory.</summary>
    public void Search()
    {
        Array.Fill(_minimum, double.PositiveInfinity);
        Array.Fill(_maximum, double.NegativeInfinity);
        for (int piece = 0; piece <= run.LastPiece; piece++)
        {
            (double start, double end) = run.TimesOf(piece);
            _known = 0;
            Sample(piece, start);
            ReadOnlySpan<double> steps = run.StepTimesOf(piece);
            for (int s = 0; s < steps.Length && steps[s] < end; s++)
            {
                double next = s + 1 < steps.Length ? Math.Min(steps[s + 1], end) : end;
                for (int k = 1; k <= SamplesPerStep; k++)
                {
                    Sample(piece, k == SamplesPerStep ? next : steps[s] + ((next - steps[s]) * k / SamplesPerStep));
                }
            }
        }
    }

    private void Sample(int piece, double time)
    {
        run.Evaluate(program, piece, time, _values);
        for (int i = 0; i < _values.Length; i++)
        {
            _minimum[i] = Math.Min(_minimum[i], _values[i]);
            _maximum[i] = Math.Max(_maximum[i], _values[i]);
        }

        if (_known >= 2)
        {
            for (int i = 0; i < _values.Length; i++)
            {
                Refine(piece, i, time, 1.0, ref _maximum[i]);
                Refine(piece, i, time, -1.0, ref _minimum[i]);
            }
        }

        _last.CopyTo(_previous, 0);
        _values.CopyTo(_last, 0);
        (_previousTime, _lastTime) = (_lastTime, time);
        _known++;
    }

    // A maximum of sign * value between the two samples around the last one.
    private void Refine(int piece, int expression, double time, double sign, ref double best)
    {
        double a = sign * _previous[expression];
        double b = sign * _last[expression];
        double c = sign * _values[expression];
        double reach = b + (2.0 * Math.Max(b - a, b - c));
        if (!(b >= a && b >= c) || reach <= sign * best)
        {
            return;
        }

        double low = _previousTime;
        double high = time;
        double left = high - (s_golden * (high - low));
        double right = low + (s_golden * (high - low));
        double atLeft = sign * ValueAt(piece, expression, left);
        double atRight = sign * ValueAt(piece, expression, right);
        for (int k = 0; k < Sections; k++)
        {
            if (atLeft >= atRight)
            {
                (high, right, atRight) = (right, left, atLeft);
                left = high - (s_golden * (high - low));
                atLeft = sign * ValueAt(piece, expression, left);
            }
            else
            {
                (low, left, atLeft) = (left, right, atRight);
                right = low + (s_golden * (high - low));
                atRight = sign * ValueAt(piece, expression, right);
            }
        }

        best = sign * Math.Max(sign * best, Math.Max(atLeft, atRight));
    }

    private double ValueAt(int piece, int expression, double time)
    {
        run.Evaluate(program, piece, time, _scratch);
        return _scratch[expression];
    }
}
