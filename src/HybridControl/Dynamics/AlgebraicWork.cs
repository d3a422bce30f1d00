using System.Runtime.InteropServices;
using HybridControl.Numerics;

namespace HybridControl.Dynamics;

/// <summary>Solves the algebraic equations 0 = g(t, x, z) for z near a guess, and M x' = f for all derivatives.</summary>
/// <remarks>
/// Newton's method with the exact Jacobian, damped by the natural monotonicity test, which does not change when equations are
/// scaled: P. Deuflhard, Newton Methods for Nonlinear Problems (2004), chapter 3. Values that are consistent already are not
/// touched. Allocates nothing after it was made, except to name what failed. Not thread-safe.
/// </remarks>
internal sealed class AlgebraicWork
{
    private const int MostIterations = 500;
    private const double SmallestDamping = 1e-9;
    private const double FirstShift = 1e-3;
    private const double Converging = 1e-8;
    private const double Consistent = 1e-14;
    private const double Rounding = 32.0 * 2.220446049250313e-16;

    private readonly AlgebraicSystem _system;
    private readonly JacobianWork _jacobian;
    private readonly NewtonMatrix _slopes;
    private readonly MassWork _mass;
    private readonly AlgebraicRounding _rounding;
    private readonly double[] _block;
    private readonly double[] _values;
    private readonly double[] _trial;
    private readonly double[] _start;
    private readonly double[] _step;
    private readonly double[] _next;
    private readonly double[] _weights;
    private readonly double[] _timeSlopes;

    /// <summary>Makes the work space.</summary>
    public AlgebraicWork(AlgebraicSystem system)
    {
        _system = system;
        _jacobian = system.Jacobian.Start();
        _slopes = NewtonMatrix.For(system.Slopes.Pattern);
        _mass = new MassWork(system);
        _rounding = new AlgebraicRounding(system);
        Index = new AlgebraicIndex(system, _mass);
        _block = new double[system.Slopes.Pattern.Count];
        int n = system.Function.Dimension;
        int m = system.Variables.Length;
        _values = new double[n + 1];
        _trial = new double[n + 1];
        _start = new double[m];
        _step = new double[m];
        _next = new double[m];
        _weights = new double[m];
        _timeSlopes = new double[n + 1];
    }

    /// <summary>Whether the equations determine their variables at a point.</summary>
    public AlgebraicIndex Index { get; }

    /// <summary>How far each state may lie from the solution of the equations by rounding; zero for differential states.</summary>
    public double[] Radii => _rounding.Radii;

    /// <summary>How the last search ended.</summary>
    public AlgebraicOutcome Outcome { get; private set; }

    /// <summary>The equation that the last search failed for: the largest residual, or the row without a pivot. -1 if it did not.</summary>
    public int WorstEquation { get; private set; } = -1;

    /// <summary>Residual of <see cref="WorstEquation"/>.</summary>
    public double WorstResidual { get; private set; }

    /// <summary>Makes the algebraic variables consistent with the differential states.</summary>
    /// <param name="time">Time.</param>
    /// <param name="states">All states: the algebraic ones are the guess, and receive the solution.</param>
    /// <param name="data">The data block.</param>
    /// <param name="absolute">Magnitude below which a variable counts as zero.</param>
    /// <returns>How it ended; where it failed the states are as they were.</returns>
    public AlgebraicOutcome Solve(double time, Span<double> states, double[] data, double absolute)
    {
        int[] z = _system.Variables;
        WorstEquation = -1;
        for (int k = 0; k < z.Length; k++)
        {
            _start[k] = states[z[k]];
        }

        Outcome = Iterate(time, states, data, absolute);
        for (double shift = FirstShift; Outcome == AlgebraicOutcome.Singular && shift <= 1.0; shift *= 100.0)
        {
            Shift(states, shift);
            Outcome = Iterate(time, states, data, absolute);
        }

        if (Outcome == AlgebraicOutcome.Solved)
        {
            _rounding.Measure(time, states, data, _slopes, Consistent);
        }
        else
        {
            Restore(states, _start);
        }

        return Outcome;
    }

    /// <summary>Notes that what was solved does not fit the choices that it was solved for.</summary>
    public void Disagree() => (Outcome, WorstEquation) = (AlgebraicOutcome.NoSolution, -1);

    /// <summary>Makes the derivatives of the algebraic variables by numbers consistent with those of the states: one step, since they are linear.</summary>
    /// <param name="time">Time.</param>
    /// <param name="states">All states, the leading block consistent.</param>
    /// <param name="data">The data block.</param>
    /// <param name="moves">The rate of time for each block that follows; empty where time rests.</param>
    /// <remarks>g_x s + g_z s_z + g_p + g_t moves = 0; NaN where g_z is singular.</remarks>
    public void Follow(double time, Span<double> states, double[] data, ReadOnlySpan<double> moves)
    {
        int[] z = _system.Variables;
        if (z.Length == 0)
        {
            return;
        }

        Evaluate(time, states, data, _values);
        _jacobian.Evaluate(time, states, _values.AsSpan(0, states.Length), data);
        if (!moves.IsEmpty)
        {
            _jacobian.TimeDerivative(time, states, _values.AsSpan(0, states.Length), data, _timeSlopes.AsSpan(0, states.Length));
        }

        bool regular = FactorSlopes();
        for (int first = _system.Stride; first < states.Length; first += _system.Stride)
        {
            double move = moves.IsEmpty ? 0.0 : moves[(first / _system.Stride) - 1];
            for (int k = 0; k < z.Length; k++)
            {
                _step[k] = _values[first + z[k]] + (move == 0.0 ? 0.0 : move * _timeSlopes[z[k]]);
            }

            if (regular)
            {
                _slopes.Solve(_step.AsSpan(0, z.Length));
            }

            for (int k = 0; k < z.Length; k++)
            {
                states[first + z[k]] = regular ? states[first + z[k]] + _step[k] : double.NaN;
            }
        }
    }

    /// <summary>Replaces f by the derivatives of all states at a consistent point: x' of M x' = f, then z' of 0 = dg/dt.</summary>
    /// <returns>False if M or dg/dz is singular; derivatives that are unknown are zero.</returns>
    public bool Complete(double time, ReadOnlySpan<double> states, double[] data, Span<double> slopes)
    {
        int[] z = _system.Variables;
        _jacobian.Evaluate(time, states, slopes, data);
        _jacobian.TimeDerivative(time, states, slopes, data, _timeSlopes.AsSpan(0, slopes.Length));
        for (int first = 0; first < slopes.Length; first += _system.Stride)
        {
            foreach (int i in z)
            {
                slopes[first + i] = 0.0;
            }
        }

        bool solved = _mass.Solve(data, slopes);
        if (z.Length == 0)
        {
            return solved;
        }

        if (!FactorSlopes())
        {
            return false;
        }

        for (int first = 0; first < slopes.Length; first += _system.Stride)
        {
            CompleteBlock(first, slopes);
        }

        return solved;
    }

    // A block that follows reads the derivatives of the leading one.
    private void CompleteBlock(int first, Span<double> slopes)
    {
        int[] z = _system.Variables;
        ReadOnlySpan<int> starts = _system.Jacobian.Pattern.RowStarts;
        ReadOnlySpan<int> columns = _system.Jacobian.Pattern.Columns;
        for (int k = 0; k < z.Length; k++)
        {
            int row = first + z[k];
            double rate = _timeSlopes[row];
            for (int e = starts[row]; e < starts[row + 1]; e++)
            {
                rate += _jacobian.Values[e] * slopes[columns[e]];
            }

            _step[k] = rate;
        }

        _slopes.Solve(_step.AsSpan(0, z.Length));
        for (int k = 0; k < z.Length; k++)
        {
            slopes[first + z[k]] = _step[k];
        }
    }

    // Zero is the usual guess, and often just where a derivative vanishes: the search goes on from beside it.
    private void Shift(Span<double> states, double shift)
    {
        for (int k = 0; k < _start.Length; k++)
        {
            states[_system.Variables[k]] = _start[k] + (shift * (1.0 + Math.Abs(_start[k])) * (1.0 + (0.1 * (k % 7))));
        }
    }

    private AlgebraicOutcome Iterate(double time, Span<double> states, double[] data, double absolute)
    {
        int m = _system.Variables.Length;
        Evaluate(time, states, data, _values);
        if (!AreFinite(_values))
        {
            NoteWorst();
            return AlgebraicOutcome.NotFinite;
        }

        for (int iteration = 0; iteration < MostIterations; iteration++)
        {
            _jacobian.Evaluate(time, states, _values.AsSpan(0, states.Length), data);
            if (!FactorSlopes())
            {
                NoteWorst();
                int dependent = RankCheck.DependentRow(_system.Slopes.Pattern, _block);
                WorstEquation = dependent < 0 ? WorstEquation : _system.Variables[dependent];
                WorstResidual = _values[WorstEquation];
                return AlgebraicOutcome.Singular;
            }

            Span<double> step = _step.AsSpan(0, m);
            TakeResiduals(step);
            _slopes.Solve(step);
            double largest = Measure(states, absolute);
            if (largest <= Consistent)
            {
                return AlgebraicOutcome.Solved;
            }

            bool atRounding = IsAtRounding(states);
            if (!TryStep(time, states, data, largest, out bool full))
            {
                if (atRounding || largest <= Converging)
                {
                    return AlgebraicOutcome.Solved;
                }

                Evaluate(time, states, data, _values);
                NoteWorst();
                return AlgebraicOutcome.NoSolution;
            }

            if (full && (largest <= Converging || atRounding))
            {
                return AlgebraicOutcome.Solved;
            }
        }

        NoteWorst();
        return AlgebraicOutcome.NoSolution;
    }

    // One damped step; on return _values holds f at the new states. False if no damping makes the next correction smaller.
    private bool TryStep(double time, Span<double> states, double[] data, double largest, out bool full)
    {
        int[] z = _system.Variables;
        double level = Level(_step);
        states.CopyTo(_trial);
        for (double damping = 1.0; damping >= SmallestDamping; damping *= 0.5)
        {
            full = damping == 1.0;
            for (int k = 0; k < z.Length; k++)
            {
                _trial[z[k]] = states[z[k]] + (damping * _step[k]);
            }

            Evaluate(time, _trial.AsSpan(0, states.Length), data, _values);
            if (!AreFinite(_values))
            {
                continue;
            }

            TakeResiduals(_next);
            _slopes.Solve(_next);
            if (Level(_next) <= (1.0 - (0.25 * damping)) * level || (full && largest <= Converging))
            {
                _trial.AsSpan(0, states.Length).CopyTo(states);
                return true;
            }
        }

        full = false;
        return false;
    }

    private void TakeResiduals(Span<double> target)
    {
        for (int k = 0; k < _system.Variables.Length; k++)
        {
            target[k] = _values[_system.Variables[k]];
        }
    }

    // The largest relative correction; sets the weights of this iteration.
    private double Measure(ReadOnlySpan<double> states, double absolute)
    {
        double largest = 0.0;
        for (int k = 0; k < _system.Variables.Length; k++)
        {
            double size = Math.Abs(states[_system.Variables[k]]);
            double step = Math.Abs(_step[k]);
            _weights[k] = 1.0 / Math.Max(Math.Max(size, step), absolute);
            double relative = step / (size + absolute);
            largest = relative <= largest ? largest : relative; // also NaN
        }

        return largest;
    }

    private double Level(ReadOnlySpan<double> correction)
    {
        double sum = 0.0;
        for (int k = 0; k < _weights.Length; k++)
        {
            double scaled = correction[k] * _weights[k];
            sum += scaled * scaled;
        }

        return Math.Sqrt(sum);
    }

    // Residuals below the rounding of their own terms say nothing any more.
    private bool IsAtRounding(ReadOnlySpan<double> states)
    {
        ReadOnlySpan<int> starts = _system.Jacobian.Pattern.RowStarts;
        ReadOnlySpan<int> columns = _system.Jacobian.Pattern.Columns;
        foreach (int row in _system.Variables)
        {
            double terms = 0.0;
            for (int e = starts[row]; e < starts[row + 1]; e++)
            {
                terms += Math.Abs(_jacobian.Values[e] * states[columns[e]]);
            }

            if (!(Math.Abs(_values[row]) <= Rounding * terms))
            {
                return false;
            }
        }

        return true;
    }

    private bool FactorSlopes()
    {
        _system.Slopes.Take(_jacobian.Values, 1.0, _block);
        return _slopes.Factor(0.0, [], _block);
    }

    private void Evaluate(double time, ReadOnlySpan<double> states, double[] data, double[] values) => _system.Function.Derivatives(
        time, ref MemoryMarshal.GetReference(states), ref MemoryMarshal.GetArrayDataReference(data), ref values[0]);

    private bool AreFinite(double[] values)
    {
        foreach (int row in _system.Variables)
        {
            if (!double.IsFinite(values[row]))
            {
                return false;
            }
        }

        return true;
    }

    private void NoteWorst()
    {
        WorstEquation = _system.Variables[0];
        foreach (int row in _system.Variables)
        {
            double size = Math.Abs(_values[row]);
            WorstEquation = size > Math.Abs(_values[WorstEquation]) || (!double.IsFinite(size) && double.IsFinite(_values[WorstEquation]))
                ? row
                : WorstEquation;
        }

        WorstResidual = _values[WorstEquation];
    }

    private void Restore(Span<double> states, double[] values)
    {
        for (int k = 0; k < values.Length; k++)
        {
            states[_system.Variables[k]] = values[k];
        }
    }
}
