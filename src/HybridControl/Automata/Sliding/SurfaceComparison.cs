using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata.Sliding;

/// <summary>Tells whether two functions vanish on the same surface: whether one is a constant multiple of the other.</summary>
/// <remarks>
/// Compared at fixed pseudo-random points, where different expressions of one function agree to rounding and different
/// functions do not.
/// </remarks>
internal sealed class SurfaceComparison
{
    private const int Points = 16;
    private const int Needed = 4;
    private const double Tolerance = 1e-9;

    private readonly SlotMap _slots = new();

    public SurfaceComparison(HybridAutomaton automaton)
    {
        foreach (StateVariable state in automaton.States)
        {
            _slots.Add(VariableKind.State, state.Name);
        }

        foreach (Parameter parameter in automaton.Parameters)
        {
            _slots.Add(VariableKind.Parameter, parameter.Name);
        }

        foreach (DiscreteVariable discrete in automaton.Discretes)
        {
            _slots.Add(VariableKind.Discrete, discrete.Name);
        }

        foreach (InputVariable input in automaton.Inputs)
        {
            _slots.Add(VariableKind.Input, input.Name);
        }
    }

    /// <summary>The constant a/b, or null if there is none.</summary>
    public double? Ratio(Expr a, Expr b)
    {
        double? ratio = null;
        int found = 0;
        for (int k = 0; k < Points; k++)
        {
            (double x, double y) = (ValueAt(k, a), ValueAt(k, b));
            if (!double.IsFinite(x) || !double.IsFinite(y) || Math.Abs(y) < Tolerance)
            {
                continue;
            }

            ratio ??= x / y;
            if (ratio == 0.0 || Math.Abs((x / y) - ratio.Value) > Tolerance * Math.Abs(ratio.Value))
            {
                return null;
            }

            found++;
        }

        return found >= Needed ? ratio : null;
    }

    /// <summary>Whether a function is zero wherever it has a value.</summary>
    public bool IsZero(Expr e) => Enumerable.Range(0, Points).All(k => !(Math.Abs(ValueAt(k, e)) > Tolerance));

    private double ValueAt(int point, Expr e)
    {
        uint draw = 0;
        double Next() => (4.0 * Philox4x32.Uniform(1, point, 0, draw++)) - 2.0;
        double time = Next();
        double[] states = [.. Enumerable.Range(0, _slots.StateCount).Select(_ => Next())];
        double[] data = [.. Enumerable.Range(0, _slots.DataCount).Select(_ => Next())];
        return ExprProgram.Compile(_slots, e).EvaluateScalar(time, states, data);
    }
}
