using System.Runtime.InteropServices;
using HybridControl.Automata;
using HybridControl.Numerics;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Estimation;

/// <summary>What happens to a belief where its mode changes by chance: clocks start, and when it happened is not known.</summary>
/// <remarks>
/// Given that a change of rate r has come within h, it came s after the start with the density r exp(-r s) / (1 - exp(-r h)). The belief
/// flows to the mean of s, clocks take their delays, and it flows on in the new mode; that s is not known is one more deviation,
/// (D R f_old - f_new) sd(s). Right in mean and covariance to second order in h. Work space of one estimator.
/// </remarks>
internal sealed class ChanceEntry
{
    // A cohort of entries lasts this part of the delay that they wait for.
    private const double CohortPart = 0.125;

    private readonly FlowEquations _before;
    private readonly FlowEquations _after;
    private readonly int[] _clocks;
    private readonly VectorFunction _delays;
    private readonly VectorFunction _gradients;
    private readonly double[] _x;
    private readonly double[] _rate;
    private readonly double[] _delay;
    private readonly double[] _gradient;
    private readonly double[] _deviations;

    /// <summary>Compiles the entry into a mode.</summary>
    /// <param name="compiled">The automaton, its clocks among the states.</param>
    /// <param name="from">The flow of the mode that is left.</param>
    /// <param name="to">The flow of the mode that is entered.</param>
    /// <param name="clocks">The clocks that start there, with their delays.</param>
    public ChanceEntry(CompiledAutomaton compiled, FlowEquations from, FlowEquations to, IReadOnlyList<Assignment> clocks)
    {
        int n = compiled.StateCount;
        (_before, _after) = (from, to);
        _clocks = [.. clocks.Select(clock => compiled.Slots[VariableKind.State, clock.Target])];
        Expr[] states = [.. compiled.Automaton.States.Select(state => Expr.Variable(VariableKind.State, state.Name))];
        Expr[] delays = [.. clocks.Select(clock => clock.Value)];
        VectorFunction[] functions = VectorFunctions.Compile(
            "chance", compiled.Slots, delays, [.. Differentiator.Jacobian(delays, states).Cast<Expr>()]);
        (_delays, _gradients) = (functions[0], functions[1]);
        _x = new double[n];
        _rate = new double[n];
        _delay = new double[Math.Max(1, clocks.Count)];
        _gradient = new double[Math.Max(1, clocks.Count * n)];
        _deviations = new double[n * (n + 1)];
    }

    /// <summary>Mean and standard deviation of the time s of a change within h, given that it has come; expanded for small r h.</summary>
    public static (double Mean, double Deviation) TimeOfChange(double rate, double span)
    {
        double load = Math.Min(1.0, rate * span);
        return (span * (0.5 - (load / 12.0)), span * Math.Sqrt((1.0 / 12.0) - (load * load / 240.0)));
    }

    /// <summary>The longest substep within which the time of entry may be unknown, in seconds: half a cohort of the shortest delay.</summary>
    public double LongestStep(double time, ReadOnlySpan<double> x, double[] data) => 0.5 * CohortPart * ShortestDelay(time, x, data);

    /// <summary>Starts the clocks of the new mode.</summary>
    /// <param name="time">The mean time of entry.</param>
    /// <param name="deviation">Its standard deviation.</param>
    /// <param name="data">The data block.</param>
    /// <param name="belief">The belief then, replaced by the one that the new flow goes on from.</param>
    /// <returns>The cohort: entries of the same one may be taken for one. Zero where no clock starts.</returns>
    public long Start(double time, double deviation, double[] data, GaussianBelief belief)
    {
        int n = _x.Length;
        int columns = n + 1;
        belief.Mean.CopyTo(_x);
        _before.Flow(time, ref _x[0], ref MemoryMarshal.GetArrayDataReference(data), ref _rate[0]);
        for (int i = 0; i < n; i++)
        {
            belief.Factor.Slice(i * n, n).CopyTo(_deviations.AsSpan(i * columns));
            _deviations[(i * columns) + n] = deviation * _rate[i];
        }

        double shortest = ShortestDelay(time, _x, data);
        if (_clocks.Length > 0)
        {
            _gradients(time, ref _x[0], ref MemoryMarshal.GetArrayDataReference(data), ref _gradient[0]);
            SetClocks(n, columns);
        }

        _after.Flow(time, ref _x[0], ref MemoryMarshal.GetArrayDataReference(data), ref _rate[0]);
        for (int i = 0; i < n; i++)
        {
            _deviations[(i * columns) + n] -= deviation * _rate[i];
        }

        _x.CopyTo(belief.MutableMean);
        LowerTriangularization.Apply(_deviations, n, columns);
        LowerTriangularization.CopyTriangle(_deviations, columns, 0, belief.MutableFactor, n);
        return double.IsFinite(shortest) ? 1 + (long)Math.Min(1e18, Math.Floor(Math.Abs(time) / (CohortPart * shortest))) : 0;
    }

    // Clocks are at their delays, and deviate as these do. Delays do not depend on clocks.
    private void SetClocks(int n, int columns)
    {
        for (int clock = 0; clock < _clocks.Length; clock++)
        {
            Span<double> row = _deviations.AsSpan(_clocks[clock] * columns, columns);
            row.Clear();
            for (int i = 0; i < n; i++)
            {
                if (_gradient[(clock * n) + i] != 0.0)
                {
                    Dense.Axpy(_gradient[(clock * n) + i], _deviations.AsSpan(i * columns, columns), row);
                }
            }

            _x[_clocks[clock]] = _delay[clock];
        }
    }

    private double ShortestDelay(double time, ReadOnlySpan<double> x, double[] data)
    {
        double shortest = double.PositiveInfinity;
        if (_clocks.Length > 0)
        {
            _delays(time, ref FlowEquations.First(x), ref MemoryMarshal.GetArrayDataReference(data), ref _delay[0]);
            foreach (double delay in _delay)
            {
                shortest = delay > 0.0 ? Math.Min(shortest, delay) : shortest;
            }
        }

        return shortest;
    }
}
