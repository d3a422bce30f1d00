using HybridControl.Numerics;

namespace HybridControl.Symbolics;

/// <summary>Names and tables in dictionaries, with an optional outer scope behind them.</summary>
/// <remarks>An inner name hides an outer one. Not thread-safe while names are added.</remarks>
public sealed class ExprScope : IExprScope
{
    private readonly Dictionary<string, Expr> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LookupTable> _tables = new(StringComparer.Ordinal);
    private readonly HashSet<string> _booleans = new(StringComparer.Ordinal);
    private readonly IExprScope? _outer;

    /// <summary>Creates an empty scope inside <paramref name="outer"/>, if there is one.</summary>
    public ExprScope(IExprScope? outer = null) => _outer = outer;

    /// <inheritdoc/>
    public IEnumerable<string> Names => _outer is null ? _names.Keys : _names.Keys.Union(_outer.Names);

    /// <inheritdoc/>
    public IEnumerable<string> TableNames => _outer is null ? _tables.Keys : _tables.Keys.Union(_outer.TableNames);

    /// <summary>Lets <paramref name="name"/> stand for an expression.</summary>
    /// <exception cref="ArgumentException">The name is taken in this scope.</exception>
    public ExprScope Add(string name, Expr expression)
    {
        _names.Add(name, expression);
        return this;
    }

    /// <summary>Adds a variable or alias under its own name.</summary>
    /// <exception cref="ArgumentException">The expression has no name, or its name is taken in this scope.</exception>
    public ExprScope Add(Expr named) => Add(
        named.Name ?? throw new ArgumentException($"'{named}' has no name. Add a variable or alias, or give the name."),
        named);

    /// <summary>Adds a boolean variable, which text uses as a condition.</summary>
    /// <exception cref="ArgumentException">The name is taken in this scope.</exception>
    public ExprScope AddBoolean(string name)
    {
        _booleans.Add(name);
        return Add(name, Expr.Variable(VariableKind.Discrete, name));
    }

    /// <summary>Adds a table under its own name.</summary>
    /// <exception cref="ArgumentException">The name is taken by a table in this scope.</exception>
    public ExprScope Add(LookupTable table)
    {
        _tables.Add(table.Name, table);
        return this;
    }

    /// <inheritdoc/>
    public bool TryGetName(string name, out Expr expression) =>
        _names.TryGetValue(name, out expression!) || (_outer is not null && _outer.TryGetName(name, out expression));

    /// <inheritdoc/>
    public bool IsBoolean(string name) => _names.ContainsKey(name) ? _booleans.Contains(name) : _outer is not null && _outer.IsBoolean(name);

    /// <inheritdoc/>
    public bool TryGetTable(string name, out LookupTable table) =>
        _tables.TryGetValue(name, out table!) || (_outer is not null && _outer.TryGetTable(name, out table));
}
