using HybridControl.Numerics;

namespace HybridControl.Symbolics;

/// <summary>What the names in a text stand for.</summary>
/// <remarks>Time <c>t</c> and the constants <c>pi</c>, <c>inf</c> and <c>nan</c> are known everywhere.</remarks>
public interface IExprScope
{
    /// <summary>The names of variables and aliases, for messages.</summary>
    IEnumerable<string> Names { get; }

    /// <summary>The names of tables, for messages.</summary>
    IEnumerable<string> TableNames { get; }

    /// <summary>Looks a variable or alias up.</summary>
    bool TryGetName(string name, out Expr expression);

    /// <summary>Whether a name is that of a boolean variable, which is a condition.</summary>
    bool IsBoolean(string name) => false;

    /// <summary>Looks a table up.</summary>
    bool TryGetTable(string name, out LookupTable table);
}
