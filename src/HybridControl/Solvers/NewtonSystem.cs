using System.Numerics;
using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>What an implicit method with one matrix solves its linear systems with: J, M and the factors of scale M - J.</summary>
/// <remarks>Work space of one stepper for one right-hand side: allocates nothing after it was made. The factors are not archived.</remarks>
internal sealed class NewtonSystem : LinearizedFlow
{
    private const int Combinations = 4; // of signs: one alone may cancel in the solution
    private const double LargestScale = 1e300; // of steps that are all but zero: the matrix must not overflow, to tell where it is singular

    private readonly NewtonMatrix _matrix;
    private readonly double[] _kept;
    private readonly double[] _rounding;

    public NewtonSystem(JacobianFunction function)
        : base(function)
    {
        _matrix = NewtonMatrix.For(function.Pattern);
        _kept = new double[Mass.Length];
        _rounding = new double[3 * function.Pattern.Size];
    }

    /// <summary>Row of the matrix in which the last factorisation found no pivot, or -1.</summary>
    public int SingularColumn => _matrix.SingularColumn;

    /// <summary>Factors scale M - J.</summary>
    /// <returns>What stands in the way: accepted if nothing does.</returns>
    public StepStatus Factor(double scale) =>
        _matrix.Factor(Math.Min(scale, LargestScale), Mass, Jacobian) ? StepStatus.Accepted : Obstacle;

    /// <inheritdoc/>
    public override void Solve(Span<double> right) => _matrix.Solve(right);

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
        evaluations += WriteRounding(time, states, slopes, data, rounding);
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

    /// <summary>Turns M x' of a point, its right-hand side, into x'; algebraic variables follow from their equations' total derivative.</summary>
    /// <param name="slopes">f, then x'.</param>
    /// <returns>False if the equations do not determine it.</returns>
    /// <remarks>Needs J and df/dt of that point, and leaves factors of another matrix behind.</remarks>
    public bool SolveSlopes(Span<double> slopes)
    {
        double[] values = Jacobian;
        MassMatrix mass = Function.Mass!;
        ReadOnlySpan<int> starts = Function.Pattern.RowStarts;
        values.CopyTo(_kept, 0);
        for (int i = 0; i < slopes.Length; i++)
        {
            if (mass.IsDifferential(i))
            {
                values.AsSpan(starts[i], starts[i + 1] - starts[i]).Clear();
            }
            else
            {
                slopes[i] = TimeDerivative[i];
            }
        }

        bool determined = _matrix.Factor(1.0, Mass, values);
        _kept.CopyTo(values, 0);
        if (determined)
        {
            _matrix.Solve(slopes);
        }

        return determined;
    }
}
