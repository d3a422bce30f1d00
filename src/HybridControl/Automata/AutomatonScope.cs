using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>The names of a model, as expressions about its runs may use them.</summary>
internal sealed class AutomatonScope : IExprScope
{
    private readonly Dictionary<string, Expr> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LookupTable> _tables = new(StringComparer.Ordinal);

    private readonly HashSet<string> _booleans;

    public AutomatonScope(HybridAutomaton model)
    {
        _booleans = [.. model.Discretes.Where(discrete => discrete.Type == DiscreteType.Boolean).Select(discrete => discrete.Name)];
        Add(VariableKind.Parameter, model.Parameters.Select(parameter => parameter.Name));
        Add(VariableKind.State, model.States.Select(state => state.Name));
        Add(VariableKind.Discrete, model.Discretes.Select(discrete => discrete.Name));
        Add(VariableKind.Input, model.Inputs.Select(input => input.Name));
        foreach (Output output in model.Outputs)
        {
            _names.TryAdd(output.Name, Expr.Alias(output.Name, output.Definition));
        }

        foreach (LookupTable table in model.Tables)
        {
            _tables.TryAdd(table.Name, table);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Names => _names.Keys;

    /// <inheritdoc/>
    public IEnumerable<string> TableNames => _tables.Keys;

    /// <inheritdoc/>
    public bool TryGetName(string name, out Expr expression) => _names.TryGetValue(name, out expression!);

    /// <inheritdoc/>
    public bool IsBoolean(string name) => _booleans.Contains(name);

    /// <inheritdoc/>
    public bool TryGetTable(string name, out LookupTable table) => _tables.TryGetValue(name, out table!);

    /// <summary>Reads an expression. A text that is just a name needs no quotes inside, whatever its characters.</summary>
    /// <exception cref="ModelException">The text is not an expression over the names of the model.</exception>
    public static Expr Expression(HybridAutomaton model, string where, string text)
    {
        var scope = new AutomatonScope(model);
        return scope.TryGetName(text, out Expr variable) ? variable :
            ExprParser.TryParseExpression(text, scope, out Expr? expression, out ParseFinding? finding) ? expression :
            throw Fault(where, text, finding);
    }

    /// <summary>Reads a condition.</summary>
    /// <exception cref="ModelException">The text is not a condition over the names of the model.</exception>
    public static Condition Condition(HybridAutomaton model, string where, string text) =>
        ExprParser.TryParseCondition(text, new AutomatonScope(model), out Condition? condition, out ParseFinding? finding)
            ? condition
            : throw Fault(where, text, finding);

    private static ModelException Fault(string where, string text, ParseFinding finding) => new(
        where, FormattableString.Invariant($"{finding.What}, at character {finding.Position + 1} of '{text}'"), finding.Mend);

    private void Add(VariableKind kind, IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            _names.TryAdd(name, Expr.Variable(kind, name));
        }
    }
}
