using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Serialization;

/// <summary>The names of a model file while it is read: outputs become known one after the other.</summary>
internal sealed class ModelScope : IExprScope
{
    private readonly Dictionary<string, Expr> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LookupTable> _tables = new(StringComparer.Ordinal);
    private readonly HashSet<string> _booleans = new(StringComparer.Ordinal);
    private readonly HashSet<string> _pendingOutputs = new(StringComparer.Ordinal);

    /// <summary>Outputs that were named before they were defined, since the last call of <see cref="TakeForwardUses"/>.</summary>
    private readonly HashSet<string> _forwardUses = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public IEnumerable<string> Names => _names.Keys.Concat(_pendingOutputs);

    /// <inheritdoc/>
    public IEnumerable<string> TableNames => _tables.Keys;

    /// <summary>Declares a variable. The first of two of one name stays; the validator reports the second.</summary>
    public void Add(VariableKind kind, string name) => _names.TryAdd(name, Expr.Variable(kind, name));

    /// <summary>Declares a boolean variable.</summary>
    public void AddBoolean(string name)
    {
        if (_names.TryAdd(name, Expr.Variable(VariableKind.Discrete, name)))
        {
            _booleans.Add(name);
        }
    }

    /// <summary>Declares a table.</summary>
    public void Add(LookupTable table) => _tables.TryAdd(table.Name, table);

    /// <summary>Announces an output that is defined further down.</summary>
    public void Announce(string output)
    {
        if (!_names.ContainsKey(output))
        {
            _pendingOutputs.Add(output);
        }
    }

    /// <summary>Defines an output.</summary>
    public void Define(string output, Expr definition)
    {
        if (_pendingOutputs.Remove(output))
        {
            _names.Add(output, Expr.Alias(output, definition));
        }
    }

    /// <summary>Returns the outputs used before their definition, and forgets them.</summary>
    public IReadOnlyList<string> TakeForwardUses()
    {
        string[] uses = [.. _forwardUses.Order(StringComparer.Ordinal)];
        _forwardUses.Clear();
        return uses;
    }

    /// <inheritdoc/>
    public bool TryGetName(string name, out Expr expression)
    {
        if (_names.TryGetValue(name, out expression!))
        {
            return true;
        }

        if (_pendingOutputs.Contains(name))
        {
            _forwardUses.Add(name);
            expression = Expr.Zero;
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public bool IsBoolean(string name) => _booleans.Contains(name);

    /// <inheritdoc/>
    public bool TryGetTable(string name, out LookupTable table) => _tables.TryGetValue(name, out table!);
}
