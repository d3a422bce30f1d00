using System.Runtime.InteropServices;
using HybridControl.Numerics;

namespace HybridControl.Dynamics;

/// <summary>Whether the index is 1 at a point: dg/dz determines all algebraic variables, M all derivatives of states.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class AlgebraicIndex
{
    /// <summary>The most variables whose index is watched along the flow.</summary>
    public const int Largest = 32;

    private readonly AlgebraicSystem _system;
    private readonly JacobianWork _jacobian;
    private readonly MassWork _mass;
    private readonly double[] _block;
    private readonly double[] _square;
    private readonly double[] _values;
    private readonly double[] _packed;
    private readonly int[] _places;

    /// <summary>Makes the work space.</summary>
    public AlgebraicIndex(AlgebraicSystem system, MassWork mass)
    {
        _system = system;
        _mass = mass;
        _jacobian = system.Jacobian.Start();
        _block = new double[system.Slopes.Pattern.Count];
        _values = new double[system.Function.Dimension + 1];
        _packed = new double[system.Block?.Entries.Length ?? 0];
        _places = [.. (system.Block?.Entries ?? []).Select(entry => system.Slopes.Pattern.IndexOf(
            Array.IndexOf(system.Variables, entry.Row), Array.IndexOf(system.Variables, entry.Column)))];
        int m = system.Variables.Length;
        _square = new double[m <= Largest ? m * m : 0];
    }

    /// <summary>Whether dg/dz changes along the flow, and is watched.</summary>
    public bool Moves => _square.Length > 0 && (_system.Block?.Moves ?? true);

    /// <summary>
    /// The sign of det dg/dz at a point. Along a flow it changes only where the equations cease to determine their variables; 0
    /// where rounding hides it, and for more than 32 variables. Allocates nothing.
    /// </summary>
    public int Orientation(double time, ReadOnlySpan<double> states, double[] data)
    {
        if (_square.Length == 0)
        {
            return 0;
        }

        if (_system.Block is { } block)
        {
            block.Values(time, ref MemoryMarshal.GetReference(states), ref MemoryMarshal.GetArrayDataReference(data), ref _packed[0]);
            Array.Clear(_block);
            for (int k = 0; k < _places.Length; k++)
            {
                _block[_places[k]] = _packed[k];
            }
        }
        else
        {
            TakeSlopes(time, states, data);
        }

        return DeterminantSign.Of(_system.Slopes.Pattern, _block, _square);
    }

    /// <summary>Whether a point is of index 1 beyond doubt, or too large to ask at each instant. Allocates nothing.</summary>
    public bool IsClear(double time, ReadOnlySpan<double> states, double[] data) =>
        (_square.Length == 0 || Orientation(time, states, data) != 0) && _mass.IsClear(data);

    /// <summary>The equation that the others determine already, where dg/dz has no full rank at a point; -1 if it has.</summary>
    /// <remarks>Elimination with complete pivots of the matrix with rows and columns scaled; for a refusal, not for a loop.</remarks>
    public int DependentEquation(double time, ReadOnlySpan<double> states, double[] data)
    {
        TakeSlopes(time, states, data);
        return RankCheck.DependentRow(_system.Slopes.Pattern, _block);
    }

    /// <summary>The row of M that the others determine already; -1 if M has full rank on the differential rows.</summary>
    public int DependentMass(double[] data) => _mass.DependentRow(data);

    /// <summary>Numbers of the equation that comes closest to following from the others, and of the variable that is left for it.</summary>
    public (int Equation, int Variable) Weakest(double time, ReadOnlySpan<double> states, double[] data)
    {
        TakeSlopes(time, states, data);
        return RankCheck.Weakest(_system.Slopes.Pattern, _block);
    }

    private void TakeSlopes(double time, ReadOnlySpan<double> states, double[] data)
    {
        _system.Function.Derivatives(
            time, ref MemoryMarshal.GetReference(states), ref MemoryMarshal.GetArrayDataReference(data), ref _values[0]);
        _jacobian.Evaluate(time, states, _values.AsSpan(0, states.Length), data);
        _system.Slopes.Take(_jacobian.Values, 1.0, _block);
    }
}
