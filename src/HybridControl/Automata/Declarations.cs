using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>What each name of a model stands for; complains about names that clash or that text cannot hold.</summary>
internal sealed class Declarations
{
    private readonly Dictionary<string, Declaration> _byName = new(StringComparer.Ordinal);
    private readonly FindingList _findings;

    public Declarations(HybridAutomaton automaton, FindingList findings)
    {
        _findings = findings;
        foreach (Parameter parameter in automaton.Parameters)
        {
            Add(parameter.Name, new("parameters", "parameter", VariableKind.Parameter));
        }

        foreach (StateVariable state in automaton.States)
        {
            Add(state.Name, state.IsAlgebraic
                ? new("algebraic", "algebraic variable", VariableKind.State)
                : new("states", "state", VariableKind.State));
        }

        foreach (DiscreteVariable discrete in automaton.Discretes)
        {
            Add(discrete.Name, new("discrete", "discrete variable", VariableKind.Discrete, Discrete: discrete));
        }

        foreach (InputVariable input in automaton.Inputs)
        {
            Add(input.Name, new("inputs", "input", VariableKind.Input));
        }

        foreach (LookupTable table in automaton.Tables)
        {
            Add(table.Name, new("tables", "table", Table: table));
        }

        for (int i = 0; i < automaton.Outputs.Length; i++)
        {
            Output output = automaton.Outputs[i];
            Add(output.Name, new("outputs", "output", Output: output, Order: i));
        }
    }

    /// <summary>One declared name.</summary>
    /// <param name="Section">The part of the model that declares it.</param>
    /// <param name="Word">What it is, in words.</param>
    /// <param name="Kind">The kind of a variable.</param>
    /// <param name="Table">The table, for a table.</param>
    /// <param name="Output">The output, for an output.</param>
    /// <param name="Order">The number of an output.</param>
    /// <param name="Discrete">The variable, for a discrete variable.</param>
    public sealed record Declaration(
        string Section, string Word, VariableKind? Kind = null, LookupTable? Table = null, Output? Output = null, int Order = -1, DiscreteVariable? Discrete = null);

    /// <summary>Names with a value: variables and outputs.</summary>
    public IEnumerable<string> ValueNames => NamesWhere(declaration => declaration.Table is null);

    /// <summary>Names of tables.</summary>
    public IEnumerable<string> TableNames => NamesWhere(declaration => declaration.Table is not null);

    /// <summary>Looks a name up.</summary>
    public Declaration? Find(string? name) => name is not null && _byName.TryGetValue(name, out Declaration? found) ? found : null;

    /// <summary>The names of variables of one or two kinds.</summary>
    public IEnumerable<string> NamesOf(params ReadOnlySpan<VariableKind> kinds)
    {
        ImmutableArray<VariableKind> wanted = [.. kinds];
        return NamesWhere(declaration => declaration.Kind is { } kind && wanted.Contains(kind));
    }

    /// <summary>What is wrong with a name as such, or null.</summary>
    public static (string What, string Mend)? FaultOf(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return ("the name is empty", "Give it a name.");
        }

        for (int i = 0; i < name.Length; i++)
        {
            bool pair = char.IsHighSurrogate(name[i]) && i + 1 < name.Length && char.IsLowSurrogate(name[i + 1]);
            if (char.IsControl(name[i]) || (char.IsSurrogate(name[i]) && !pair))
            {
                return (FormattableString.Invariant($"the name holds the character U+{(int)name[i]:X4}, which text cannot show"),
                    "Use letters, digits and underscores.");
            }

            i += pair ? 1 : 0;
        }

        return null;
    }

    private IEnumerable<string> NamesWhere(Func<Declaration, bool> wanted) =>
        _byName.Where(entry => wanted(entry.Value)).Select(entry => entry.Key);

    private void Add(string name, Declaration declaration)
    {
        string where = $"{declaration.Section}.{name}";
        if (FaultOf(name) is { } fault)
        {
            _findings.Error(where, fault.What, fault.Mend);
        }

        if (string.IsNullOrEmpty(name))
        {
            return;
        }

        if (NameSyntax.Reserved.Contains(name) || OperationTable.Functions.ContainsKey(name))
        {
            string meaning = name == "t" ? "time" : OperationTable.Functions.ContainsKey(name) ? "a function" : "a word of the language";
            _findings.Error(where, $"'{name}' already means {meaning} in every expression", "Choose another name.");
        }

        if (!_byName.TryAdd(name, declaration))
        {
            Declaration first = _byName[name];
            string what = first.Word == declaration.Word
                ? $"the {declaration.Word} '{name}' is declared twice"
                : $"'{name}' is declared as {Article(first.Word)} and as {Article(declaration.Word)}";
            _findings.Error(where, what, "Names are shared by parameters, states, discrete variables, inputs, tables and outputs: rename one.");
        }
    }

    /// <summary>A word with its article.</summary>
    public static string Article(string word) => (word[0] is 'a' or 'i' or 'o' ? "an " : "a ") + word;
}
