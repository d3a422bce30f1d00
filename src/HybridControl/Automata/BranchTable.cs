using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Replaces the choices in expressions by data slots, and remembers each choice once.</summary>
/// <remarks>
/// Semantics 4: within a step every <c>select</c>, <c>sign</c>, <c>floor</c> and <c>mod</c> of a flow keeps its branch;
/// <c>abs</c>, <c>min</c> and <c>max</c> of a flow are kinks that end a step and are treated alike. In a guard the last
/// three stay as they are, because the search encloses them.
/// </remarks>
internal sealed class BranchTable
{
    private readonly SlotMap _slots;
    private readonly List<Branch> _branches = [];
    private readonly List<SortedSet<int>> _inner = [];
    private readonly Dictionary<Condition, int> _conditions = [];
    private readonly Dictionary<Expr, int> _floors = [];

    public BranchTable(SlotMap slots) => _slots = slots;

    /// <summary>Every choice so far.</summary>
    public IReadOnlyList<Branch> Branches => _branches;

    /// <summary>The same expression with its choices read from data slots.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="kinks">Whether abs, min and max are choices too.</param>
    /// <param name="used">Receives the numbers of the choices.</param>
    public Expr Freeze(Expr expression, bool kinks, ISet<int> used) =>
        new Rewriter(this, kinks, used).Rewrite(expression);

    /// <summary>The guard function of a condition with its choices read from data slots.</summary>
    public Expr FreezeGuard(Condition condition, ISet<int> used) => Freeze(condition.ToGuardFunction(), kinks: false, used);

    // A choice brings along the choices inside it, those of the mode that declared it first: its surface reads them.
    private Expr Choose(Condition condition, bool kinks, ISet<int> used)
    {
        if (!_conditions.TryGetValue(condition, out int number))
        {
            var inner = new SortedSet<int>();
            Condition frozen = FreezeCondition(condition, new Rewriter(this, kinks, inner));
            number = Add(condition.ToString(), Expr.Select(frozen, 1.0, -1.0), frozen.ToGuardFunction(), isFloor: false, inner);
            _conditions.Add(condition, number);
        }

        return Use(number, used);
    }

    private Expr Whole(Expr argument, bool kinks, ISet<int> used)
    {
        if (!_floors.TryGetValue(argument, out int number))
        {
            var inner = new SortedSet<int>();
            Expr frozen = new Rewriter(this, kinks, inner).Rewrite(argument);
            Expr slot = SlotOf(_branches.Count);
            number = Add(
                $"floor({argument})", Expr.Floor(frozen), Expr.Min(frozen - slot, slot + 1.0 - frozen), isFloor: true, inner);
            _floors.Add(argument, number);
        }

        return Use(number, used);
    }

    private Expr Use(int number, ISet<int> used)
    {
        used.UnionWith(_inner[number]);
        used.Add(number);
        return SlotOf(number);
    }

    // The relations stay: where nothing inside moves, a choice is decided exactly, strict or not.
    private static Condition FreezeCondition(Condition condition, Rewriter rewriter) => condition.Kind switch
    {
        ConditionKind.Comparison => Condition.Compare(
            rewriter.Rewrite(condition.Left!), condition.Relation, rewriter.Rewrite(condition.Right!)),
        ConditionKind.Crosses => Condition.Crosses(rewriter.Rewrite(condition.Left!)),
        ConditionKind.And => FreezeCondition(condition.First!, rewriter) & FreezeCondition(condition.Second!, rewriter),
        ConditionKind.Or => FreezeCondition(condition.First!, rewriter) | FreezeCondition(condition.Second!, rewriter),
        ConditionKind.Not => !FreezeCondition(condition.First!, rewriter),
        _ => condition,
    };

    private int Add(string name, Expr value, Expr surface, bool isFloor, SortedSet<int> inner)
    {
        _inner.Add(inner);
        int number = _branches.Count;
        int slot = _slots.Add(VariableKind.Parameter, $"#branch{number}");
        _branches.Add(new(slot, name, value, surface, isFloor));
        return number;
    }

    private static Expr SlotOf(int number) => Expr.Variable(VariableKind.Parameter, $"#branch{number}");

    private sealed class Rewriter
    {
        private readonly BranchTable _table;
        private readonly bool _kinks;
        private readonly ISet<int> _used;
        private readonly Dictionary<Expr, Expr> _done = new(ReferenceEqualityComparer.Instance);

        public Rewriter(BranchTable table, bool kinks, ISet<int> used)
        {
            _table = table;
            _kinks = kinks;
            _used = used;
        }

        // Post-order with a stack of its own: an unrolled loop may be deeper than the thread's stack.
        public Expr Rewrite(Expr root)
        {
            var pending = new Stack<Expr>();
            pending.Push(root);
            while (pending.TryPeek(out Expr? e))
            {
                bool ready = true;
                foreach (Expr operand in e.Operands)
                {
                    if (!_done.ContainsKey(operand))
                    {
                        pending.Push(operand);
                        ready = false;
                    }
                }

                if (ready)
                {
                    pending.Pop();
                    _done[e] = RewriteNode(e);
                }
            }

            return _done[root];
        }

        private Expr RewriteNode(Expr e)
        {
            if (e.Operands.IsEmpty)
            {
                return e;
            }

            Expr[] operands = [.. e.Operands.Select(operand => _done[operand])];
            switch (e.Operation)
            {
                case Operation.Alias:
                    return operands[0];
                case Operation.Select:
                    Expr choice = _table.Choose(e.Condition!, _kinks, _used);
                    return Expr.Select(choice >= 0.0, operands[0], operands[1]);
                case Operation.Sign:
                    Expr positive = Side(e.Operands[0] > 0.0);
                    Expr negative = Side(e.Operands[0] < 0.0);
                    return Expr.Select(positive >= 0.0, 1.0, Expr.Select(negative >= 0.0, -1.0, 0.0));
                case Operation.Floor:
                    return _table.Whole(e.Operands[0], _kinks, _used);
                case Operation.Modulo:
                    return operands[0] - (operands[1] *
                        _table.Whole(e.Operands[0] / e.Operands[1], _kinks, _used));
                case Operation.Abs when _kinks:
                    return Expr.Select(Side(e.Operands[0] >= 0.0) >= 0.0, operands[0], -operands[0]);
                case Operation.Min when _kinks:
                    return Expr.Select(Side(e.Operands[0] <= e.Operands[1]) >= 0.0, operands[0], operands[1]);
                case Operation.Max when _kinks:
                    return Expr.Select(Side(e.Operands[0] >= e.Operands[1]) >= 0.0, operands[0], operands[1]);
                default:
                    return operands.AsSpan().SequenceEqual(e.Operands.AsSpan()) ? e : e.With(operands);
            }
        }

        private Expr Side(Condition condition) =>
            _table.Choose(condition, _kinks, _used);
    }
}
