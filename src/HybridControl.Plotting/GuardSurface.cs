using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Plotting;

/// <summary>A comparison in a guard that depends on the two plotted states only: its zero set is a line in the plane.</summary>
internal sealed class GuardSurface
{
    private readonly ExprProgram _program;
    private readonly double[] _data;

    private GuardSurface(string label, ExprProgram program, double[] data)
    {
        Label = label;
        _program = program;
        _data = data;
    }

    /// <summary>The comparison as text.</summary>
    public string Label { get; }

    /// <summary>The surfaces of a model, each once; none unless both variables are states.</summary>
    public static List<GuardSurface> Of(Trajectory run, string x, string y)
    {
        HybridAutomaton model = run.Model;
        if (x == y || run.Segments.IsEmpty ||
            !model.States.Any(state => state.Name == x) || !model.States.Any(state => state.Name == y))
        {
            return [];
        }

        var slots = new SlotMap();
        slots.Add(VariableKind.State, x);
        slots.Add(VariableKind.State, y);
        double[] data = new double[model.Parameters.Length];
        foreach (string name in model.Parameters.Select(parameter => parameter.Name))
        {
            data[slots.Add(VariableKind.Parameter, name)] = run.Value(name, run.StartTime);
        }

        var surfaces = new List<GuardSurface>();
        var seen = new HashSet<Expr>();
        foreach (Condition atom in model.Transitions.SelectMany(transition => AtomsOf(transition.Guard)))
        {
            Expr function = atom.Kind == ConditionKind.Crosses ? atom.Left! : atom.Left! - atom.Right!;
            if (!seen.Contains(function) && IsLine(function, slots))
            {
                seen.Add(function);
                surfaces.Add(new(PlotText.Formula(atom.ToString()), ExprProgram.Compile(slots, function), data));
            }
        }

        return surfaces;
    }

    /// <summary>The guard function at a point; zero on the surface.</summary>
    public double ValueAt(double x, double y) => _program.EvaluateScalar(0, [x, y], _data);

    private static IEnumerable<Condition> AtomsOf(Condition guard)
    {
        var pending = new Stack<Condition>([guard]);
        while (pending.TryPop(out Condition? condition))
        {
            if (condition.Kind is ConditionKind.Comparison or ConditionKind.Crosses)
            {
                yield return condition;
            }

            if (condition.Second is not null)
            {
                pending.Push(condition.Second);
            }

            if (condition.First is not null)
            {
                pending.Push(condition.First);
            }
        }
    }

    /// <summary>Whether a function depends on a plotted state, and on nothing else that changes.</summary>
    private static bool IsLine(Expr function, SlotMap slots)
    {
        bool dependsOnState = false;
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<Expr>([function]);
        while (pending.TryPop(out Expr? node))
        {
            if (!seen.Add(node))
            {
                continue;
            }

            if (node.Operation == Operation.Variable)
            {
                if (node.Kind == VariableKind.Time || !slots.TryGetSlot(node.Kind, node.Name!, out _))
                {
                    return false;
                }

                dependsOnState |= node.Kind == VariableKind.State;
            }

            foreach (Expr operand in node.Operands)
            {
                pending.Push(operand);
            }

            if (node.Condition is not null)
            {
                foreach (Condition atom in AtomsOf(node.Condition))
                {
                    pending.Push(atom.Left!);
                    pending.Push(atom.Right ?? Expr.Zero);
                }
            }
        }

        return dependsOnState;
    }
}
