using System.Numerics;
using System.Runtime.InteropServices;
using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>J, df/dt and M of a flow at a point: what implicit methods make their matrices of.</summary>
/// <remarks>Work space of one stepper for one right-hand side: allocates nothing after it was made.</remarks>
internal abstract class LinearizedFlow
{
    private const int Combinations = 4; // of signs: one alone may cancel in the solution
    private const double Rounding = 3.0 * 1.1102230246251565e-16; // an expression rounds more than once

    private readonly JacobianWork _jacobian;
    private readonly double[] _timeDerivative;
    private readonly double[] _rounding;

    /// <summary>Makes the work space.</summary>
    protected LinearizedFlow(JacobianFunction function)
    {
        Function = function;
        _jacobian = function.Start();
        _timeDerivative = new double[function.Function.Dimension];
        _rounding = new double[3 * function.Function.Dimension];
        Mass = function.Mass is null ? [] : new double[function.Pattern.Count];
    }

    /// <summary>The number of states that lead.</summary>
    public int Leading => Function.Function.Leading;

    /// <summary>Whether M is not the identity.</summary>
    public bool HasMass => Mass.Length > 0;

    /// <summary>Whether df/dt may differ from zero.</summary>
    public bool DependsOnTime => Function.DependsOnTime;

    /// <summary>df/dt where <see cref="Linearize"/> was last asked for it.</summary>
    public ReadOnlySpan<double> TimeDerivative => _timeDerivative;

    /// <summary>How J is computed.</summary>
    protected JacobianFunction Function { get; }

    /// <summary>J, in the order of its pattern.</summary>
    protected double[] Jacobian => _jacobian.Values;

    /// <summary>M in that order; empty for the identity.</summary>
    protected double[] Mass { get; }

    /// <summary>What a matrix of J and M without a pivot means for a step.</summary>
    protected StepStatus Obstacle => Dense.IsFinite(Jacobian) ? StepStatus.Singular : StepStatus.NotFinite;

    /// <summary>Says that the factors are of no use: J, M or what they are put together with is another.</summary>
    public virtual void Forget()
    {
    }

    /// <summary>Solves with the factors of the real matrix in place.</summary>
    public abstract void Solve(Span<double> right);

    /// <summary>Evaluates the right-hand side.</summary>
    public void Derivatives(double time, ref double states, double[] data, ref double slopes) =>
        Function.Function.Derivatives(time, ref states, ref MemoryMarshal.GetArrayDataReference(data), ref slopes);

    /// <summary>Reads M, which is constant between instants.</summary>
    public void ReadMass(double[] data)
    {
        if (Function.Mass is { } mass)
        {
            mass.Evaluate(data, Mass);
            Forget();
        }
    }

    /// <summary>Computes J, and df/dt if it is wanted and may differ from zero.</summary>
    /// <returns>Evaluations of the right-hand side that this took.</returns>
    public long Linearize(double time, ReadOnlySpan<double> states, ReadOnlySpan<double> slopes, double[] data, bool inTime)
    {
        Forget();
        long before = _jacobian.Evaluations;
        _jacobian.Evaluate(time, states, slopes, data);
        if (inTime && Function.DependsOnTime)
        {
            _jacobian.TimeDerivative(time, states, slopes, data, _timeDerivative);
        }

        return _jacobian.Evaluations - before;
    }

    /// <summary>Adds factor M x to a sum.</summary>
    public void AddMass(double factor, ReadOnlySpan<double> x, Span<double> sum)
    {
        if (HasMass)
        {
            AddProduct(Mass, factor, x, sum);
            return;
        }

        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] = Math.FusedMultiplyAdd(factor, x[i], sum[i]);
        }
    }

    /// <summary>Adds a multiple of f to a sum, in the rows of algebraic equations.</summary>
    public void AddResiduals(double factor, ReadOnlySpan<double> f, Span<double> sum)
    {
        for (int i = 0; HasMass && i < sum.Length; i++)
        {
            sum[i] += Function.Mass!.IsDifferential(i) ? 0.0 : factor * f[i];
        }
    }

    /// <summary>Adds J x to a sum.</summary>
    public void AddJacobian(ReadOnlySpan<double> x, Span<double> sum) => AddProduct(Jacobian, 1.0, x, sum);

    /// <summary>How far rounding of f moves its zeros: what no iteration, and no difference of steps, gets below.</summary>
    /// <param name="time">Time.</param>
    /// <param name="states">The states.</param>
    /// <param name="slopes">f there.</param>
    /// <param name="data">The data block.</param>
    /// <param name="evaluations">Evaluations of the right-hand side, which are added.</param>
    /// <returns>The mean square of each state's move, over a few combinations of signs; overwritten by the next call.</returns>
    /// <remarks>Needs J and factors.</remarks>
    public ReadOnlySpan<double> RoundingAt(
        double time, ReadOnlySpan<double> states, ReadOnlySpan<double> slopes, double[] data, ref long evaluations)
    {
        int n = states.Length;
        Span<double> rounding = _rounding.AsSpan(0, n);
        Span<double> moves = _rounding.AsSpan(n, n);
        Span<double> squares = _rounding.AsSpan(2 * n, n);
        evaluations += WriteRounding(time, states, slopes, data, rounding, squares);
        squares.Clear();
        for (int mask = 0; mask < Combinations; mask++)
        {
            for (int i = 0; i < n; i++)
            {
                moves[i] = int.IsEvenInteger(BitOperations.PopCount((uint)(i & mask))) ? rounding[i] : -rounding[i];
            }

            Solve(moves);
            for (int i = 0; i < n; i++)
            {
                squares[i] += moves[i] * moves[i] / Combinations;
            }
        }

        return squares;
    }

    // What rounding may make of f at a point: a few units of the sum of |J_ij x_j| and |t df_i/dt|.
    private long WriteRounding(
        double time, ReadOnlySpan<double> states, ReadOnlySpan<double> slopes, double[] data, Span<double> rounding, Span<double> inTime)
    {
        long before = _jacobian.Evaluations;
        inTime.Clear();
        if (Function.DependsOnTime)
        {
            _jacobian.TimeDerivative(time, states, slopes, data, inTime);
        }

        ReadOnlySpan<double> values = Jacobian;
        ReadOnlySpan<int> starts = Function.Pattern.RowStarts;
        ReadOnlySpan<int> columns = Function.Pattern.Columns;
        for (int i = 0; i < rounding.Length; i++)
        {
            double row = Math.Abs(time * inTime[i]);
            for (int k = starts[i]; k < starts[i + 1]; k++)
            {
                row += Math.Abs(values[k] * states[columns[k]]);
            }

            rounding[i] = Rounding * row;
        }

        return _jacobian.Evaluations - before;
    }

    /// <summary>Exchanges J, df/dt and M with an archive.</summary>
    public void Exchange(StateArchive archive)
    {
        archive.Exchange(_jacobian.Values);
        archive.Exchange(_timeDerivative);
        archive.Exchange(Mass);
    }

    private void AddProduct(ReadOnlySpan<double> values, double factor, ReadOnlySpan<double> x, Span<double> sum)
    {
        ReadOnlySpan<int> starts = Function.Pattern.RowStarts;
        ReadOnlySpan<int> columns = Function.Pattern.Columns;
        for (int i = 0; i < sum.Length; i++)
        {
            double row = 0.0;
            for (int k = starts[i]; k < starts[i + 1]; k++)
            {
                row = Math.FusedMultiplyAdd(values[k], x[columns[k]], row);
            }

            sum[i] = Math.FusedMultiplyAdd(factor, row, sum[i]);
        }
    }
}
