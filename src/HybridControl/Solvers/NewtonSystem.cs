using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>What an implicit one-step method solves its linear systems with: J, M and the factors of scale M - J.</summary>
/// <remarks>Work space of one stepper for one right-hand side: allocates nothing after it was made.</remarks>
internal sealed class NewtonSystem
{
    private const double LargestScale = 1e300; // of steps that are all but zero: the matrix must not overflow, to tell where it is singular

    private readonly JacobianFunction _function;
    private readonly JacobianWork _jacobian;
    private readonly NewtonMatrix _matrix;
    private readonly double[] _mass;
    private readonly double[] _timeDerivative;
    private readonly double[] _kept;

    public NewtonSystem(JacobianFunction function)
    {
        _function = function;
        _jacobian = function.Start();
        _matrix = NewtonMatrix.For(function.Pattern);
        _mass = function.Mass is null ? [] : new double[function.Pattern.Count];
        _timeDerivative = new double[function.Function.Dimension];
        _kept = new double[_mass.Length];
    }

    /// <summary>Whether M is not the identity.</summary>
    public bool HasMass => _mass.Length > 0;

    /// <summary>Whether df/dt may differ from zero.</summary>
    public bool DependsOnTime => _function.DependsOnTime;

    /// <summary>df/dt where <see cref="Linearize"/> was last asked for it.</summary>
    public ReadOnlySpan<double> TimeDerivative => _timeDerivative;

    /// <summary>Row of the matrix in which the last factorisation found no pivot, or -1.</summary>
    public int SingularColumn => _matrix.SingularColumn;

    /// <summary>Reads M, which is constant between instants.</summary>
    public void ReadMass(double[] data) => _function.Mass?.Evaluate(data, _mass);

    /// <summary>Computes J, and df/dt if it is wanted and may differ from zero.</summary>
    /// <returns>Evaluations of the right-hand side that this took.</returns>
    public long Linearize(double time, ReadOnlySpan<double> states, ReadOnlySpan<double> slopes, double[] data, bool inTime)
    {
        long before = _jacobian.Evaluations;
        _jacobian.Evaluate(time, states, slopes, data);
        if (inTime && _function.DependsOnTime)
        {
            _jacobian.TimeDerivative(time, states, slopes, data, _timeDerivative);
        }

        return _jacobian.Evaluations - before;
    }

    /// <summary>Factors scale M - J.</summary>
    /// <returns>What stands in the way: accepted if nothing does.</returns>
    public StepStatus Factor(double scale)
    {
        if (_matrix.Factor(Math.Min(scale, LargestScale), _mass, _jacobian.Values))
        {
            return StepStatus.Accepted;
        }

        foreach (double value in _jacobian.Values)
        {
            if (!double.IsFinite(value))
            {
                return StepStatus.NotFinite;
            }
        }

        return StepStatus.Singular;
    }

    /// <summary>Solves with the factors in place.</summary>
    public void Solve(Span<double> right) => _matrix.Solve(right);

    /// <summary>Adds factor M x to a sum.</summary>
    public void AddMass(double factor, ReadOnlySpan<double> x, Span<double> sum)
    {
        if (!HasMass)
        {
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] = Math.FusedMultiplyAdd(factor, x[i], sum[i]);
            }

            return;
        }

        AddProduct(_mass, factor, x, sum);
    }

    /// <summary>Adds J x to a sum.</summary>
    public void AddJacobian(ReadOnlySpan<double> x, Span<double> sum) => AddProduct(_jacobian.Values, 1.0, x, sum);

    /// <summary>Turns M x' of a point, its right-hand side, into x'; algebraic variables follow from their equations' total derivative.</summary>
    /// <param name="slopes">f, then x'.</param>
    /// <returns>False if the equations do not determine it.</returns>
    /// <remarks>Needs J and df/dt of that point, and leaves factors of another matrix behind.</remarks>
    public bool SolveSlopes(Span<double> slopes)
    {
        double[] values = _jacobian.Values;
        MassMatrix mass = _function.Mass!;
        ReadOnlySpan<int> starts = _function.Pattern.RowStarts;
        values.CopyTo(_kept, 0);
        for (int i = 0; i < slopes.Length; i++)
        {
            if (mass.IsDifferential(i))
            {
                values.AsSpan(starts[i], starts[i + 1] - starts[i]).Clear();
            }
            else
            {
                slopes[i] = _timeDerivative[i];
            }
        }

        bool determined = _matrix.Factor(1.0, _mass, values);
        _kept.CopyTo(values, 0);
        if (determined)
        {
            _matrix.Solve(slopes);
        }

        return determined;
    }

    /// <summary>Exchanges J and M with an archive; the factors are not kept.</summary>
    public void Exchange(StateArchive archive)
    {
        archive.Exchange(_jacobian.Values);
        archive.Exchange(_timeDerivative);
        archive.Exchange(_mass);
    }

    private void AddProduct(ReadOnlySpan<double> values, double factor, ReadOnlySpan<double> x, Span<double> sum)
    {
        ReadOnlySpan<int> starts = _function.Pattern.RowStarts;
        ReadOnlySpan<int> columns = _function.Pattern.Columns;
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
