using HybridControl.Numerics;

namespace HybridControl.Dynamics;

/// <summary>Solves M x' = f for the derivatives of the differential states.</summary>
/// <remarks>Rows that are coupled are solved together, the others by a division. Allocates nothing after it was made. Not thread-safe.</remarks>
internal sealed class MassWork
{
    private const int Largest = 32;

    private readonly AlgebraicSystem _system;
    private readonly NewtonMatrix _matrix;
    private readonly double[] _values;
    private readonly double[] _block;
    private readonly double[] _solution;
    private readonly double[] _square;

    /// <summary>Makes the work space.</summary>
    public MassWork(AlgebraicSystem system)
    {
        _system = system;
        _matrix = NewtonMatrix.For(system.Masses.Pattern);
        _values = new double[system.Jacobian.Pattern.Count];
        _block = new double[system.Masses.Pattern.Count];
        _solution = new double[system.Coupled.Length];
        _square = new double[system.Coupled.Length <= Largest ? system.Coupled.Length * system.Coupled.Length : 0];
    }

    /// <summary>Whether M is regular beyond doubt, or too large to ask at each instant. Allocates nothing.</summary>
    public bool IsClear(double[] data)
    {
        _system.Mass.Evaluate(data, _values);
        ReadOnlySpan<int> diagonal = _system.Jacobian.Pattern.Diagonal;
        for (int row = 0; row < diagonal.Length; row++)
        {
            if (_system.Mass.IsDifferential(row) && Array.BinarySearch(_system.Coupled, row) < 0 && !(Math.Abs(_values[diagonal[row]]) > 0.0))
            {
                return false;
            }
        }

        if (_square.Length == 0)
        {
            return true;
        }

        _system.Masses.Take(_values, 1.0, _block);
        return DeterminantSign.Of(_system.Masses.Pattern, _block, _square) != 0;
    }

    /// <summary>The row of M that the others determine already; -1 if M has full rank on the differential rows.</summary>
    public int DependentRow(double[] data)
    {
        _system.Mass.Evaluate(data, _values);
        ReadOnlySpan<int> diagonal = _system.Jacobian.Pattern.Diagonal;
        for (int row = 0; row < diagonal.Length; row++)
        {
            if (_system.Mass.IsDifferential(row) && Array.BinarySearch(_system.Coupled, row) < 0 && !(Math.Abs(_values[diagonal[row]]) > 0.0))
            {
                return row;
            }
        }

        _system.Masses.Take(_values, 1.0, _block);
        int dependent = RankCheck.DependentRow(_system.Masses.Pattern, _block);
        return dependent < 0 ? -1 : _system.Coupled[dependent];
    }

    /// <summary>Replaces f on the differential rows by x'.</summary>
    /// <returns>False if M is singular; derivatives that are unknown are zero.</returns>
    public bool Solve(double[] data, Span<double> slopes)
    {
        _system.Mass.Evaluate(data, _values);
        ReadOnlySpan<int> diagonal = _system.Jacobian.Pattern.Diagonal;
        int[] coupled = _system.Coupled;
        for (int row = 0; row < slopes.Length; row++)
        {
            if (_system.Mass.IsDifferential(row) && Array.BinarySearch(coupled, row) < 0)
            {
                double mass = _values[diagonal[row]];
                slopes[row] = mass == 0.0 ? 0.0 : slopes[row] / mass;
            }
        }

        if (coupled.Length == 0)
        {
            return true;
        }

        _system.Masses.Take(_values, -1.0, _block);
        if (!_matrix.Factor(0.0, [], _block))
        {
            foreach (int row in coupled)
            {
                slopes[row] = 0.0;
            }

            return false;
        }

        MoveKnown(slopes);
        _matrix.Solve(_solution);
        for (int k = 0; k < coupled.Length; k++)
        {
            slopes[coupled[k]] = _solution[k];
        }

        return true;
    }

    // The right side of the coupled rows without what derivatives of other rows contribute.
    private void MoveKnown(ReadOnlySpan<double> slopes)
    {
        ReadOnlySpan<int> starts = _system.Jacobian.Pattern.RowStarts;
        ReadOnlySpan<int> columns = _system.Jacobian.Pattern.Columns;
        for (int k = 0; k < _system.Coupled.Length; k++)
        {
            int row = _system.Coupled[k];
            double right = slopes[row];
            for (int e = starts[row]; e < starts[row + 1]; e++)
            {
                if (_values[e] != 0.0 && Array.BinarySearch(_system.Coupled, columns[e]) < 0)
                {
                    right -= _values[e] * slopes[columns[e]];
                }
            }

            _solution[k] = right;
        }
    }
}
