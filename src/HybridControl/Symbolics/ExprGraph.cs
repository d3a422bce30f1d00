using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Symbolics;

/// <summary>Expressions lowered to a hash-consed graph: equal subexpressions are one node, computed once.</summary>
/// <remarks>
/// Nodes are in topological order: operands come before their users. Lowering is iterative, so a sum of a hundred
/// thousand terms does not exhaust the stack. Cost: linear in the number of distinct nodes. Not thread-safe while
/// expressions are added.
/// </remarks>
public sealed class ExprGraph
{
    private readonly List<GraphNode> _nodes = [];
    private readonly List<LookupTable> _tables = [];
    private readonly Dictionary<GraphNode, int> _interned = [];
    private readonly Dictionary<object, int> _lowered = new(ReferenceEqualityComparer.Instance);
    private readonly SlotMap _slots;

    /// <summary>Creates an empty graph whose variables live where <paramref name="slots"/> says.</summary>
    public ExprGraph(SlotMap slots) => _slots = slots;

    /// <summary>The nodes, operands before users.</summary>
    public IReadOnlyList<GraphNode> Nodes => _nodes;

    /// <summary>The tables that lookups refer to by number.</summary>
    public IReadOnlyList<LookupTable> Tables => _tables;

    /// <summary>Adds an expression and returns its node.</summary>
    /// <exception cref="KeyNotFoundException">A variable is not in the slot map.</exception>
    public int Add(Expr expression)
    {
        if (_lowered.TryGetValue(expression, out int known))
        {
            return known;
        }

        var pending = new Stack<object>();
        pending.Push(expression);
        while (pending.TryPeek(out object? item))
        {
            if (_lowered.ContainsKey(item) || !PushMissing(item, pending))
            {
                if (!_lowered.ContainsKey(item))
                {
                    _lowered[item] = Lower((Expr)item);
                }

                pending.Pop();
            }
        }

        return _lowered[expression];
    }

    /// <summary>Adds a node as it stands and returns its index; an equal node is found, not added.</summary>
    public int Intern(GraphNode node)
    {
        if (_interned.TryGetValue(node, out int index))
        {
            return index;
        }

        index = _nodes.Count;
        _nodes.Add(node);
        _interned.Add(node, index);
        return index;
    }

    /// <summary>Adds a constant.</summary>
    public int Constant(double value) => Intern(new(OpCode.Constant, Bits: BitConverter.DoubleToInt64Bits(value)));

    private static IEnumerable<Expr> SidesOf(Condition condition)
    {
        var pending = new Stack<Condition>();
        pending.Push(condition);
        while (pending.TryPop(out Condition? current))
        {
            if (current.Left is not null)
            {
                yield return current.Left;
            }

            if (current.Right is not null)
            {
                yield return current.Right;
            }

            if (current.First is not null)
            {
                pending.Push(current.First);
            }

            if (current.Second is not null)
            {
                pending.Push(current.Second);
            }
        }
    }

    private bool PushMissing(object item, Stack<object> pending)
    {
        bool pushed = false;
        var expression = (Expr)item;
        if (expression.Operation == Operation.Variable)
        {
            if (_slots.TryGetDefinition(expression.Kind, expression.Name!, out Expr definition) &&
                !_lowered.ContainsKey(definition))
            {
                pending.Push(definition);
                pushed = true;
            }

            return pushed;
        }

        foreach (Expr operand in expression.Operands)
        {
            if (!_lowered.ContainsKey(operand))
            {
                pending.Push(operand);
                pushed = true;
            }
        }

        if (expression.Condition is not null)
        {
            foreach (Expr side in SidesOf(expression.Condition))
            {
                if (!_lowered.ContainsKey(side))
                {
                    pending.Push(side);
                    pushed = true;
                }
            }
        }

        return pushed;
    }

    private int Lower(Expr e)
    {
        int Operand(int i) => _lowered[e.Operands[i]];
        switch (e.Operation)
        {
            case Operation.Constant:
                return Constant(e.Value);
            case Operation.Variable:
                return LowerVariable(e);
            case Operation.Alias:
                return Operand(0);
            case Operation.Power:
                return LowerPower(Operand(0), Operand(1));
            case Operation.Modulo:
                return LowerModulo(Operand(0), Operand(1));
            case Operation.Select:
                return LowerSelect(e.Condition!, Operand(0), Operand(1));
            case Operation.Lookup:
                return Intern(new(OpCode.Lookup, Operand(0), TableNumber(e.Table!)));
            case Operation.LookupSlope:
                return Intern(new(OpCode.LookupSlope, Operand(0), TableNumber(e.Table!)));
            case Operation.Surface:
                return Intern(new(OpCode.Surface, Operand(0), Operand(1), TableNumber(e.Table!)));
            case Operation.LinearForm:
                return LowerLinearForm(e);
            case Operation.Uniform or Operation.Normal or Operation.Exponential:
                throw new ModelException(
                    e.ToString(), "a random draw cannot stand here", "Draw in a reset, a delay or an initial value, and use what it wrote.");
            default:
                OpCode op = e.Operation.ToCode();
                return e.Operands.Length == 1 ? Unary(op, Operand(0)) : Binary(op, Operand(0), Operand(1));
        }
    }

    private int LowerVariable(Expr e)
    {
        if (_slots.TryGetDefinition(e.Kind, e.Name!, out Expr definition))
        {
            return _lowered[definition];
        }

        if (e.Kind == VariableKind.Time)
        {
            return Intern(new(OpCode.Time));
        }

        return Intern(new(e.Kind == VariableKind.State ? OpCode.State : OpCode.Data, _slots[e.Kind, e.Name!]));
    }

    private int LowerModulo(int a, int b)
    {
        int whole = Unary(OpCode.Floor, Binary(OpCode.Divide, a, b));
        return Binary(OpCode.Subtract, a, Binary(OpCode.Multiply, b, whole));
    }

    private int LowerPower(int a, int b)
    {
        if (_nodes[b].Op != OpCode.Constant)
        {
            return Binary(OpCode.Power, a, b);
        }

        double exponent = _nodes[b].Value;
        if (exponent == 0.5)
        {
            return Unary(OpCode.Sqrt, a);
        }

        // Up to 16 the product of squares is as accurate as pow to a few ulp and many times faster.
        if (Math.Abs(exponent) > 16.0 || exponent != Math.Floor(exponent))
        {
            return Binary(OpCode.Power, a, b);
        }

        int result = -1;
        int square = a;
        for (int n = (int)Math.Abs(exponent); n > 0; n >>= 1)
        {
            if ((n & 1) != 0)
            {
                result = result < 0 ? square : Binary(OpCode.Multiply, result, square);
            }

            if (n > 1)
            {
                square = Unary(OpCode.Square, square);
            }
        }

        result = result < 0 ? Constant(1.0) : result;
        return exponent < 0.0 ? Binary(OpCode.Divide, Constant(1.0), result) : result;
    }

    // Iterative, so that a long chain of And or Or does not exhaust the stack: the second operand is lowered first,
    // and its result becomes a branch of the first.
    private int LowerSelect(Condition condition, int whenTrue, int whenFalse)
    {
        var waiting = new Stack<(Condition Condition, int Other, bool IsAnd)>();
        while (true)
        {
            switch (condition.Kind)
            {
                case ConditionKind.And:
                    waiting.Push((condition.First!, whenFalse, true));
                    condition = condition.Second!;
                    continue;
                case ConditionKind.Or:
                    waiting.Push((condition.First!, whenTrue, false));
                    condition = condition.Second!;
                    continue;
                case ConditionKind.Not:
                    condition = condition.First!;
                    (whenTrue, whenFalse) = (whenFalse, whenTrue);
                    continue;
            }

            int result = LowerLeafSelect(condition, whenTrue, whenFalse);
            if (!waiting.TryPop(out (Condition Condition, int Other, bool IsAnd) next))
            {
                return result;
            }

            condition = next.Condition;
            (whenTrue, whenFalse) = next.IsAnd ? (result, next.Other) : (next.Other, result);
        }
    }

    // A strict relation swaps the branches of its closed opposite, so equality falls on the right side exactly.
    private int LowerLeafSelect(Condition condition, int whenTrue, int whenFalse)
    {
        switch (condition.Kind)
        {
            case ConditionKind.Literal:
                return condition.Holds ? whenTrue : whenFalse;
            case ConditionKind.Crosses:
                return whenFalse; // an instant has no extent in a branch
            default:
                int left = _lowered[condition.Left!];
                int right = _lowered[condition.Right!];
                return condition.Relation switch
                {
                    Relation.GreaterOrEqual => Intern(new(OpCode.Select, Difference(left, right), whenTrue, whenFalse)),
                    Relation.LessOrEqual => Intern(new(OpCode.Select, Difference(right, left), whenTrue, whenFalse)),
                    Relation.Greater => Intern(new(OpCode.Select, Difference(right, left), whenFalse, whenTrue)),
                    _ => Intern(new(OpCode.Select, Difference(left, right), whenFalse, whenTrue)),
                };
        }
    }

    private int Difference(int a, int b) =>
        _nodes[b].Op == OpCode.Constant && _nodes[b].Value == 0.0 ? a : Binary(OpCode.Subtract, a, b);

    private int LowerLinearForm(Expr e)
    {
        int sum = -1;
        for (int i = 0; i < e.Operands.Length; i++)
        {
            double c = e.Coefficients[i];
            if (c == 0.0)
            {
                continue;
            }

            int operand = _lowered[e.Operands[i]];
            int term = c == 1.0 ? operand : Binary(OpCode.Multiply, Constant(c), operand);
            sum = sum < 0 ? term : Binary(OpCode.Add, sum, term);
        }

        if (sum < 0)
        {
            return Constant(e.Value);
        }

        return e.Value == 0.0 ? sum : Binary(OpCode.Add, sum, Constant(e.Value));
    }

    private int TableNumber(LookupTable table)
    {
        int number = _tables.IndexOf(table);
        if (number < 0)
        {
            number = _tables.Count;
            _tables.Add(table);
        }

        return number;
    }

    private int Unary(OpCode op, int a) => Fold(new(op, a));

    private int Binary(OpCode op, int a, int b) => Fold(new(op, a, b));

    // Constants meet here whatever wrote them, so that 1/6 costs nothing at run time.
    private int Fold(GraphNode node)
    {
        bool constant = _nodes[node.A].Op == OpCode.Constant &&
            (node.OperandCount < 2 || _nodes[node.B].Op == OpCode.Constant);
        if (!constant)
        {
            return Intern(node);
        }

        Real64 a = new(_nodes[node.A].Value);
        Real64 b = new(node.OperandCount < 2 ? 0.0 : _nodes[node.B].Value);
        return Constant(NodeEvaluator.Evaluate(node.Op, a, b, default, null).Value);
    }
}
