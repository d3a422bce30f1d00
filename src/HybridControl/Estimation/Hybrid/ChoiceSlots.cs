using System.Runtime.InteropServices;
using HybridControl.Automata;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Estimation;

/// <summary>Renews what guards read from the data block besides variables: comparisons that rest, and branches.</summary>
/// <remarks>Work space of one estimator.</remarks>
internal sealed class ChoiceSlots
{
    private readonly CompiledAutomaton _compiled;
    private readonly Real64[] _registers;
    private readonly Real64[] _results;

    /// <summary>Makes room.</summary>
    public ChoiceSlots(CompiledAutomaton compiled)
    {
        _compiled = compiled;
        _registers = new Real64[compiled.RegisterCount];
        _results = new Real64[compiled.ResultCount];
    }

    /// <summary>Renews the slots of a mode at a point.</summary>
    public void Refresh(int mode, double time, ReadOnlySpan<double> states, Span<double> data)
    {
        ModeSource source = _compiled.Source(mode);
        foreach (int atom in source.Atoms)
        {
            data[_compiled.Atoms[atom].Slot] = Value(_compiled.Atoms[atom].Value, time, states, data);
        }

        foreach (int branch in source.Branches)
        {
            data[_compiled.Branches[branch].Slot] = Value(_compiled.BranchValues[branch], time, states, data);
        }
    }

    private double Value(ExprProgram program, double time, ReadOnlySpan<double> states, ReadOnlySpan<double> data)
    {
        program.Evaluate(new Real64(time), MemoryMarshal.Cast<double, Real64>(states), data, _registers, _results.AsSpan());
        return _results[0].Value;
    }
}
