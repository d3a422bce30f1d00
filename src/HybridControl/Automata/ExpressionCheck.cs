using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Checks expressions against the declarations of their model.</summary>
internal sealed class ExpressionCheck
{
    private readonly Declarations _declarations;
    private readonly FindingList _findings;
    private readonly SlotMap _parameterSlots = new();
    private readonly double[] _parameterValues;
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);
    private string _where = "";
    private ExpressionRules _rules = new();

    public ExpressionCheck(HybridAutomaton automaton, Declarations declarations, FindingList findings)
    {
        _declarations = declarations;
        _findings = findings;
        Parameter[] parameters = [.. automaton.Parameters.DistinctBy(parameter => parameter.Name)];
        foreach (Parameter parameter in parameters)
        {
            _parameterSlots.Add(VariableKind.Parameter, parameter.Name);
        }

        _parameterValues = [.. parameters.Select(parameter => parameter.Value)];
    }

    /// <summary>Reports everything that is wrong with an expression; true if nothing is.</summary>
    public bool Check(string where, Expr expression, ExpressionRules? rules = null)
    {
        bool sound = Walk(where, expression, rules ?? new());
        if (sound && _rules.Draws && DrawLowering.CountOf(expression) is var count and > DrawLowering.Most)
        {
            Say(FormattableString.Invariant($"the formula draws {count} random numbers"),
                FormattableString.Invariant($"At most {DrawLowering.Most} are possible: every place where a shared part stands draws anew."));
            return false;
        }

        return sound;
    }

    /// <summary>Reports everything that is wrong with a condition; true if nothing is.</summary>
    public bool Check(string where, Condition condition, ExpressionRules rules) => Walk(where, condition, rules);

    /// <summary>The value of a checked expression at the default parameters; null if it depends on anything else, or on chance.</summary>
    public double? ValueOf(Expr expression)
    {
        var pending = new Stack<object?>();
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        pending.Push(expression);
        while (pending.TryPop(out object? node))
        {
            if (node is null || !seen.Add(node))
            {
                continue;
            }

            bool unknown = node is Expr { Operation: Operation.Variable } variable &&
                !_parameterSlots.TryGetSlot(variable.Kind, variable.Name!, out _);
            if (unknown || (node is Expr { Operation: var operation } && operation.IsDraw()))
            {
                return null;
            }

            PushParts(node, pending.Push);
        }

        return ExprProgram.Compile(_parameterSlots, expression).EvaluateScalar(0.0, [], _parameterValues);
    }

    private static void PushParts(object node, Action<object?> push)
    {
        if (node is Expr e)
        {
            push(e.Condition);
            foreach (Expr operand in e.Operands)
            {
                push(operand);
            }
        }
        else if (node is Condition c)
        {
            push(c.Second);
            push(c.First);
            push(c.Right);
            push(c.Left);
        }
    }

    private bool Walk(string where, object root, ExpressionRules rules)
    {
        (_where, _rules) = (where, rules);
        _said.Clear();
        int before = _findings.Count;
        var pending = new Stack<(object? Node, string? NoCrosses)>();
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        pending.Push((root, _rules.NoCrosses));
        while (pending.TryPop(out (object? Node, string? NoCrosses) item))
        {
            if (item.Node is null || !seen.Add(item.Node))
            {
                continue;
            }

            string? noCrosses = item.NoCrosses;
            bool into = true;
            if (item.Node is Condition truth && BooleanVariable.VariableOf(truth) is { } boolean && IsBoolean(boolean.Name!))
            {
                CheckVariable(boolean, asCondition: true);
                continue;
            }

            if (item.Node is Expr e)
            {
                into = CheckNode(e);
                noCrosses = "a choice or a number needs a condition that lasts";
            }
            else if (item.Node is Condition { Kind: ConditionKind.Crosses } && noCrosses is not null)
            {
                Say($"crosses(...) cannot stand here: {noCrosses}", "Compare with '<=' or '>=', or make the transition an edge transition.");
            }
            else if (item.Node is Condition { Kind: ConditionKind.Not })
            {
                noCrosses = "its opposite is nearly always true";
            }

            if (into)
            {
                PushParts(item.Node, part => pending.Push((part, noCrosses)));
            }
        }

        return _findings.Count == before;
    }

    // True if the operands need a look as well.
    private bool CheckNode(Expr e)
    {
        switch (e.Operation)
        {
            case Operation.Constant when !double.IsFinite(e.Value):
                Say(FormattableString.Invariant($"the constant {Print(e.Value)} is not a finite number"), "Write a finite number.");
                break;
            case Operation.LinearForm when !double.IsFinite(e.Value) || e.Coefficients.Any(c => !double.IsFinite(c)):
                Say("a coefficient of the linear form is not a finite number", "Write finite numbers.");
                break;
            case Operation.Variable:
                CheckVariable(e);
                break;
            case Operation.Alias:
                return CheckAlias(e);
            case Operation.Lookup or Operation.LookupSlope or Operation.Surface:
                CheckTable(e.Table!);
                break;
            case Operation.Uniform or Operation.Normal or Operation.Exponential when !_rules.Draws:
                Say($"'{e.Operation.FunctionName()}(...)' draws a random number, which cannot be done here",
                    "Draw in a reset, the delay of a timer or an initial value, and use what it wrote.");
                break;
            case Operation.Uniform when Known(e.Operands[0]) is { } low && Known(e.Operands[1]) is { } high && low > high:
                Say(FormattableString.Invariant($"uniform({low}, {high}) ends before it begins"), "Give the lower bound first.");
                break;
            case Operation.Normal when Known(e.Operands[1]) is { } deviation && deviation < 0.0:
                Say(FormattableString.Invariant($"the deviation of a normal distribution is {deviation}"), "Give a number that is not negative.");
                break;
            case Operation.Exponential when Known(e.Operands[0]) is { } rate && rate <= 0.0:
                Say(FormattableString.Invariant($"the rate of an exponential distribution is {rate}"), "Give a positive rate: the mean is 1/rate.");
                break;
        }

        return true;
    }

    private static double? Known(Expr operand) => operand.Operation == Operation.Constant ? operand.Value : null;

    private bool IsBoolean(string name) => _declarations.Find(name)?.Discrete?.Type == DiscreteType.Boolean;

    private void CheckVariable(Expr variable, bool asCondition = false)
    {
        if (variable.Kind == VariableKind.Time)
        {
            if (_rules.ParametersOnly is not null)
            {
                Say($"{_rules.ParametersOnly} may depend on parameters only, but uses time 't'", "Use parameters and numbers.");
            }

            return;
        }

        string name = variable.Name!;
        Declarations.Declaration? found = _declarations.Find(name);
        if (found is null)
        {
            Say($"unknown name '{name}'", Suggestions.For(name, _declarations.ValueNames));
        }
        else if (found.Kind != variable.Kind)
        {
            Say($"'{name}' is used as {WordFor(variable.Kind)} but declared as {Declarations.Article(found.Word)}",
                "Use the expression that its declaration returned.");
        }
        else if (_rules.ParametersOnly is not null && variable.Kind != VariableKind.Parameter)
        {
            Say($"{_rules.ParametersOnly} may depend on parameters only, but uses the {found.Word} '{name}'",
                "Use parameters and numbers.");
        }
        else if (found.Discrete?.Type == DiscreteType.Boolean && !asCondition)
        {
            Say($"'{name}' is true or false and stands where a number is expected", $"Use it as a condition, or write select({name}, 1, 0).");
        }
    }

    private bool CheckAlias(Expr alias)
    {
        string name = alias.Name!;
        Declarations.Declaration? found = _declarations.Find(name);
        if (found?.Output is not { } output)
        {
            Say(found is null ? $"'{name}' names an expression, but the model has no output of that name"
                    : $"'{name}' names an expression, but is declared as {Declarations.Article(found.Word)}",
                "Declare it as an output, or write its definition out.");
            return true;
        }

        if (found.Order == _rules.Output)
        {
            Say($"the output '{name}' uses itself", "Break the cycle: an output is computed from what is declared before it.");
            return false;
        }

        if (found.Order > _rules.Output)
        {
            Say($"uses the output '{name}', which is declared after it", $"Declare '{name}' first; outputs in a cycle have no value.");
            return false;
        }

        if (!output.Definition.Equals(alias.Operands[0]))
        {
            Say($"'{name}' stands for another expression here than in the outputs",
                "Give one of the two another name: a file can hold one definition for a name.");
            return true;
        }

        return _rules.ParametersOnly is not null;
    }

    private void CheckTable(LookupTable table)
    {
        if (_declarations.Find(table.Name)?.Table is not { } declared)
        {
            Say($"the table '{table.Name}' is used but not declared", "Declare it among the tables of the model.");
        }
        else if (!declared.Equals(table.Root))
        {
            Say($"the table '{table.Name}' has other values here than where it is declared", "Give one of the two another name.");
        }
    }

    private void Say(string what, string mend)
    {
        if (_said.Add(what))
        {
            _findings.Error(_where, what, mend);
        }
    }

    private static string Print(double value) => double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";

    private static string WordFor(VariableKind kind) => kind switch
    {
        VariableKind.State => "a state",
        VariableKind.Discrete => "a discrete variable",
        VariableKind.Parameter => "a parameter",
        VariableKind.Input => "an input",
        _ => "time",
    };
}
