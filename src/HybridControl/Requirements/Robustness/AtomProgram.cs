using System.Runtime.InteropServices;
using HybridControl.Automata;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Requirements.Robustness;

/// <summary>An atom compiled for a model.</summary>
internal sealed class AtomProgram
{
    private readonly ExprProgram? _guard;
    private readonly InputSlots[] _delegates;

    public AtomProgram(Formula atom, CompiledAutomaton compiled)
    {
        Atom = atom;
        _delegates = [];
        if (atom.Kind == FormulaKind.Mode)
        {
            Location = compiled.Modes.LocationOf(atom.Name);
        }

        if (atom.Kind != FormulaKind.Condition || atom.Condition!.Kind == ConditionKind.Literal)
        {
            return;
        }

        var graph = new ExprGraph(compiled.Slots);
        int node = graph.Add(atom.Condition.ToGuardFunction());
        _guard = new ExprProgram(graph, [node]);
        _delegates = [.. compiled.Inputs.Where(input => input.IsDelegate && Reads(_guard, input.FirstSlot))];
        Rests = _delegates.Length == 0;
        foreach (GraphNode instruction in _guard.Instructions)
        {
            Rests &= instruction.Op is not (OpCode.State or OpCode.Time);
        }

        Affine = _delegates.Length == 0 && !Rests ? AffineForm.TryExtract(graph, node) : null;
    }

    /// <summary>The atom.</summary>
    public Formula Atom { get; }

    /// <summary>The number of the declared mode of a mode atom.</summary>
    public int Location { get; } = -1;

    /// <summary>Whether the atom is a comparison that is evaluated.</summary>
    public bool IsComparison => _guard is not null;

    /// <summary>Whether its value changes at instants only.</summary>
    public bool Rests { get; }

    /// <summary>Its coefficients, if it is affine in time and states.</summary>
    public AffineForm? Affine { get; }

    /// <summary>Whether it depends on a delegate, so that nothing can be proved between samples.</summary>
    public bool IsOpaque => _delegates.Length > 0;

    /// <summary>Registers that an evaluation needs.</summary>
    public int RegisterCount => _guard?.RegisterCount ?? 0;

    /// <summary>Whether reaching the surface meets it: it is a closed comparison.</summary>
    public bool HoldsOnSurface => Atom.Condition is not { Relation: Relation.Less or Relation.Greater };

    /// <summary>g at a state.</summary>
    public double Evaluate(double time, ReadOnlySpan<double> states, ReadOnlySpan<double> data, Span<double> registers)
    {
        Real64 value = default;
        _guard!.Evaluate(
            new Real64(time), MemoryMarshal.Cast<double, Real64>(states), Refreshed(time, data), MemoryMarshal.Cast<double, Real64>(registers),
            MemoryMarshal.CreateSpan(ref value, 1));
        return value.Value;
    }

    /// <summary>Enclosures of g, its slope and its half curvature.</summary>
    public Jet Evaluate(Jet time, ReadOnlySpan<Jet> states, ReadOnlySpan<double> data, Span<Jet> registers)
    {
        Jet value = default;
        _guard!.Evaluate(time, states, data, registers, MemoryMarshal.CreateSpan(ref value, 1));
        return value;
    }

    // The slot of a delegate holds its value at some earlier time.
    private ReadOnlySpan<double> Refreshed(double time, ReadOnlySpan<double> data)
    {
        if (_delegates.Length == 0)
        {
            return data;
        }

        double[] now = data.ToArray();
        foreach (InputSlots input in _delegates)
        {
            input.Write(time, now);
        }

        return now;
    }

    private static bool Reads(ExprProgram program, int slot)
    {
        foreach (GraphNode instruction in program.Instructions)
        {
            if (instruction.Op == OpCode.Data && instruction.A == slot)
            {
                return true;
            }
        }

        return false;
    }
}
