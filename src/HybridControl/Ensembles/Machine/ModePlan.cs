using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <summary>What a watched function of a mode is for.</summary>
internal enum WatchKind
{
    /// <summary>The guard of a transition.</summary>
    Transition,

    /// <summary>An invariant; positive where it is violated.</summary>
    Invariant,

    /// <summary>The surface of a choice.</summary>
    Branch,

    /// <summary>A condition whose first time is kept, closed: at least zero is true.</summary>
    Passage,

    /// <summary>The opposite of what must always hold, open: true beyond the band only.</summary>
    Breach,

    /// <summary>The opposite of what must always hold strictly, closed.</summary>
    Reach,

    /// <summary>A stop rule.</summary>
    Stop,

    /// <summary>The slope of an expression whose extrema are kept.</summary>
    Extremum,
}

/// <summary>One watched function of a mode, over the variables of the model.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Owner">Number of the transition, choice, passage, requirement, stop rule or extremum.</param>
/// <param name="Name">Name for messages.</param>
/// <param name="Value">The function g.</param>
/// <param name="Rate">dg/dt, with the rates of states as variables.</param>
/// <param name="Error">What rounding leaves behind in g.</param>
/// <param name="RateError">What rounding leaves behind in the rate.</param>
/// <param name="MayFail">Whether g can be NaN or infinite where the states are finite.</param>
/// <param name="BendsWithTime">
/// Whether g, or a state in it, follows a formula of time: a step that is exact for a polynomial may be too long for its
/// zeros, so its own shape is part of the error estimate.
/// </param>
internal sealed record Watch(
    WatchKind Kind, int Owner, string Name, Expr Value, Expr Rate, Expr Error, Expr RateError, bool MayFail, bool BendsWithTime)
{
    /// <summary>Whether its value and rate are kept in registers from step to step, because they cost more than that.</summary>
    public bool IsKept { get; } = ModePlan.CostOf(Value, Rate) > 6;

    /// <summary>Whether it can have a peak inside a step.</summary>
    public bool MayPeak => !Rate.IsConstant;
}

/// <summary>A mode as the lowering needs it: everything over the variables of the model, constants folded.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Derivatives">The time derivative of each state.</param>
/// <param name="Watches">Functions that are searched.</param>
/// <param name="Static">Functions that change at instants only.</param>
/// <param name="Atoms">Comparisons that change at instants only.</param>
/// <param name="Branches">Choices, inner before outer.</param>
/// <param name="Forced">Guards of the transitions that fire where the invariant is left while they are enabled.</param>
internal sealed record ModePlan(
    int Number, Expr[] Derivatives, Watch[] Watches, Watch[] Static, StaticAtom[] Atoms, Branch[] Branches, Watch[] Forced)
{
    /// <summary>Whether a state moves.</summary>
    public bool Moves(int state) => !(Derivatives[state].IsConstant && Derivatives[state].Value == 0.0);

    /// <summary>For each state, whether its slope is kept in a register from step to step, because it costs more than that.</summary>
    public bool[] KeepsSlope { get; } = [.. Derivatives.Select(derivative => CostOf(derivative) > 1 && Any(derivative, DependsOnFlow))];

    /// <summary>The number of states that move.</summary>
    public int Moving { get; } = Derivatives.Count(d => !(d.IsConstant && d.Value == 0.0));

    /// <summary>Whether a node changes while the mode flows.</summary>
    public static bool DependsOnFlow(Expr e) => e.Operation == Operation.Variable && e.Kind is VariableKind.State or VariableKind.Time;

    /// <summary>Whether any node of an expression passes a test; those inside conditions too.</summary>
    public static bool Any(Expr root, Func<Expr, bool> test)
    {
        bool found = false;
        Visit(root, e => found |= test(e));
        return found;
    }

    /// <summary>Whether the value of an expression is made from time, conditions aside.</summary>
    public static bool ReadsTime(Expr root)
    {
        var seen = new HashSet<Expr>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<Expr>([root]);
        while (pending.TryPop(out Expr? e))
        {
            if (e.Operation == Operation.Variable && e.Kind == VariableKind.Time)
            {
                return true;
            }

            foreach (Expr operand in e.Operands.Where(seen.Add))
            {
                pending.Push(operand);
            }
        }

        return false;
    }

    /// <summary>Operations in some expressions; what they share counts once.</summary>
    public static int CostOf(params ReadOnlySpan<Expr> roots)
    {
        var seen = new HashSet<Expr>();
        foreach (Expr root in roots)
        {
            Visit(root, e =>
            {
                if (!e.Operands.IsEmpty)
                {
                    seen.Add(e);
                }
            });
        }

        return seen.Count;
    }

    private static void Visit(Expr root, Action<Expr> visit)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        PostOrder.Visit(root, seen.Contains, node =>
        {
            seen.Add(node);
            if (node is Expr e)
            {
                visit(e);
            }
        });
    }
}
