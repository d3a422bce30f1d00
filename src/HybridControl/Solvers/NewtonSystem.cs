using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>What an implicit method with one matrix solves its linear systems with: J, M and the factors of scale M - J.</summary>
/// <remarks>Work space of one stepper for one right-hand side: allocates nothing after it was made. The factors are not archived.</remarks>
internal sealed class NewtonSystem : LinearizedFlow
{
    private const double LargestScale = 1e300; // of steps that are all but zero: the matrix must not overflow, to tell where it is singular

    private readonly NewtonMatrix _matrix;
    private readonly double[] _kept;

    public NewtonSystem(JacobianFunction function)
        : base(function)
    {
        _matrix = NewtonMatrix.For(function.Pattern);
        _kept = new double[Mass.Length];
    }

    /// <summary>Row of the matrix in which the last factorisation found no pivot, or -1.</summary>
    public int SingularColumn => _matrix.SingularColumn;

    /// <summary>Factors scale M - J.</summary>
    /// <returns>What stands in the way: accepted if nothing does.</returns>
    public StepStatus Factor(double scale) =>
        _matrix.Factor(Math.Min(scale, LargestScale), Mass, Jacobian) ? StepStatus.Accepted : Obstacle;

    /// <inheritdoc/>
    public override void Solve(Span<double> right) => _matrix.Solve(right);

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
