namespace HybridControl.Symbolics;

/// <summary>Where the variables of an expression live when it runs: a state number, a data slot or a definition.</summary>
/// <remarks>Mutable while a model is compiled, then only read. Not thread-safe while it changes.</remarks>
public sealed class SlotMap
{
    private readonly Dictionary<(VariableKind Kind, string Name), int> _slots = [];
    private readonly Dictionary<(VariableKind Kind, string Name), Expr> _definitions = [];

    /// <summary>The number of states.</summary>
    public int StateCount { get; private set; }

    /// <summary>The number of entries of the data block.</summary>
    public int DataCount { get; private set; }

    /// <summary>Gives a variable the next state number (states) or data slot (all others) and returns it.</summary>
    public int Add(VariableKind kind, string name)
    {
        int slot = kind == VariableKind.State ? StateCount++ : DataCount++;
        _slots.Add((kind, name), slot);
        return slot;
    }

    /// <summary>Makes a variable stand for an expression: an input that is a known function of time.</summary>
    public void Define(VariableKind kind, string name, Expr definition) => _definitions[(kind, name)] = definition;

    /// <summary>The slot of a variable.</summary>
    /// <exception cref="KeyNotFoundException">The variable is unknown, or is defined by an expression.</exception>
    public int this[VariableKind kind, string name] => _slots[(kind, name)];

    /// <summary>Looks a variable's slot up.</summary>
    public bool TryGetSlot(VariableKind kind, string name, out int slot) => _slots.TryGetValue((kind, name), out slot);

    /// <summary>Looks the definition of a variable up.</summary>
    public bool TryGetDefinition(VariableKind kind, string name, out Expr definition) =>
        _definitions.TryGetValue((kind, name), out definition!);
}
