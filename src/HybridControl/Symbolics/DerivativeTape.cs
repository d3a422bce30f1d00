namespace HybridControl.Symbolics;

/// <summary>The distinct nodes of some expressions in order of evaluation, with who uses whom.</summary>
internal sealed class DerivativeTape
{
    private readonly List<Expr> _nodes = [];
    private readonly Dictionary<Expr, List<int>> _variables = [];
    private readonly Dictionary<object, int> _index = new(ReferenceEqualityComparer.Instance);
    private readonly List<List<int>?> _users = [];

    public DerivativeTape(IReadOnlyList<Expr> roots)
    {
        foreach (Expr root in roots)
        {
            PostOrder.Visit(root, _index.ContainsKey, Add);
        }
    }

    /// <summary>The distinct variables.</summary>
    public IEnumerable<Expr> Variables => _variables.Keys;

    /// <summary>The rate of every node that depends on a moving variable; nodes not in the result rest.</summary>
    /// <param name="moving">The variables that move, each with its rate.</param>
    /// <param name="keepsRest">Whether zero rates stay zero where a slope is infinite.</param>
    public Dictionary<Expr, Expr> Rates(IEnumerable<(Expr Variable, Expr Rate)> moving, bool keepsRest = false)
    {
        var rates = new Dictionary<Expr, Expr>(ReferenceEqualityComparer.Instance);
        var start = new List<int>();
        foreach ((Expr variable, Expr rate) in moving)
        {
            Move(variable, rate, rates, start);
        }

        Follow(start, rates, keepsRest);
        return rates;
    }

    /// <summary>The derivative of every node that depends on a variable by it; nodes not in the result do not depend on it.</summary>
    public Dictionary<Expr, Expr> Derivatives(Expr variable)
    {
        var rates = new Dictionary<Expr, Expr>(ReferenceEqualityComparer.Instance);
        var start = new List<int>();
        Move(variable, Expr.One, rates, start);
        Follow(start, rates, keepsRest: false);
        return rates;
    }

    private void Move(Expr variable, Expr rate, Dictionary<Expr, Expr> rates, List<int> start)
    {
        if (IsZero(rate) || !_variables.TryGetValue(variable, out List<int>? nodes))
        {
            return;
        }

        start.AddRange(nodes);
        foreach (int node in nodes)
        {
            rates[_nodes[node]] = rate;
        }
    }

    private void Follow(List<int> start, Dictionary<Expr, Expr> rates, bool keepsRest)
    {
        foreach (int node in DependentsOf(start))
        {
            Expr e = _nodes[node];
            Expr Rate(int operand) => rates.GetValueOrDefault(e.Operands[operand], Expr.Zero);
            if (DerivativeRules.Rate(e, Rate) is { } rate && !IsZero(rate))
            {
                rates[e] = keepsRest && HasPole(e) ? WhereMoving(rate, [.. e.Operands.Select((_, i) => Rate(i))]) : rate;
            }
        }
    }

    private static bool HasPole(Expr e) => e.Operation switch
    {
        Operation.Sqrt or Operation.Cbrt or Operation.Hypot or Operation.Atan2 or Operation.Asin or Operation.Acos or Operation.Acosh => true,
        Operation.Power => !(e.Operands[1] is { IsConstant: true, Value: >= 1.0 }),
        _ => false,
    };

    private static Expr WhereMoving(Expr rate, Expr[] operands)
    {
        Condition moves = operands.Where(operand => !IsZero(operand)).Select(operand => Expr.Abs(operand) > 0.0).Aggregate((a, b) => a | b);
        return Expr.Select(moves, rate, Expr.Zero);
    }

    // Direct and indirect users, in order of evaluation.
    private List<int> DependentsOf(List<int> start)
    {
        var dependents = new List<int>();
        var seen = new HashSet<int>();
        var pending = new Stack<int>(start);
        while (pending.TryPop(out int node))
        {
            foreach (int user in _users[node] ?? [])
            {
                if (seen.Add(user))
                {
                    dependents.Add(user);
                    pending.Push(user);
                }
            }
        }

        dependents.Sort();
        return dependents;
    }

    private static bool IsZero(Expr rate) => rate.IsConstant && rate.Value == 0.0;

    private void Add(object node)
    {
        if (node is not Expr e)
        {
            return; // where a condition switches is not differentiated
        }

        int number = _nodes.Count;
        _index[e] = number;
        _nodes.Add(e);
        _users.Add(null);
        if (e.Operation == Operation.Variable)
        {
            if (!_variables.TryGetValue(e, out List<int>? nodes))
            {
                _variables.Add(e, nodes = []);
            }

            nodes.Add(number);
        }

        foreach (Expr operand in e.Operands)
        {
            (_users[_index[operand]] ??= []).Add(number);
        }
    }
}
