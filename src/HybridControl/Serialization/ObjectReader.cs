using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Serialization;

/// <summary>Reads the properties of one object and reports those that are missing, unknown or of the wrong type.</summary>
internal sealed class ObjectReader
{
    private readonly ReadingContext _context;
    private readonly SourceNode _node;

    private ObjectReader(ReadingContext context, SourceNode node, string path)
    {
        _context = context;
        _node = node;
        Path = path;
    }

    /// <summary>Path of the object.</summary>
    public string Path { get; }

    /// <summary>Opens an object of known properties; null, with a finding, if it is something else.</summary>
    public static ObjectReader? Open(ReadingContext context, SourceNode node, string path, ImmutableArray<string> known, string example)
    {
        ObjectReader? reader = Open(context, node, path, example);
        if (reader is null)
        {
            return null;
        }

        foreach (SourceProperty property in node.Properties)
        {
            if (!known.Contains(property.Name))
            {
                context.Report.Add(property.Offset, ReadingContext.Join(path, property.Name),
                    $"unknown property '{SourceNode.Shorten(property.Name)}'", Suggestions.For(property.Name, known));
            }
        }

        return reader;
    }

    /// <summary>Opens an object whose property names are the user's.</summary>
    public static ObjectReader? Open(ReadingContext context, SourceNode node, string path, string example)
    {
        context.Place(path, node.Offset);
        if (node.Kind == SourceKind.Object)
        {
            return new ObjectReader(context, node, path);
        }

        context.Fault(node, path, $"an object is expected, but this is {node.Describe()}", $"Write {example}.");
        return null;
    }

    /// <summary>The value of a property, or null.</summary>
    public SourceNode? Find(string name)
    {
        foreach (SourceProperty property in _node.Properties)
        {
            if (property.Name == name)
            {
                _context.Place(PathOf(name), property.Offset);
                return property.Value;
            }
        }

        return null;
    }

    /// <summary>Every property, with its path.</summary>
    public IEnumerable<(string Name, string Path, SourceNode Value)> Entries()
    {
        foreach (SourceProperty property in _node.Properties)
        {
            string path = PathOf(property.Name);
            _context.Place(path, property.Offset);
            yield return (property.Name, path, property.Value);
        }
    }

    /// <summary>The entries of a section: an object whose property names are the user's; none if it is absent.</summary>
    public IEnumerable<(string Name, string Path, SourceNode Value)> Section(string name, string example) =>
        Find(name) is { } node && Open(_context, node, PathOf(name), example) is { } section ? section.Entries() : [];

    /// <summary>The entries of a list; none if it is absent.</summary>
    public IEnumerable<(string Path, SourceNode Value)> List(string name, string example)
    {
        if (Find(name) is not { } node)
        {
            return [];
        }

        if (node.Kind != SourceKind.List)
        {
            _context.Fault(node, PathOf(name), $"a list is expected, but this is {node.Describe()}", $"Write {example}.");
            return [];
        }

        return node.Items.Select((item, i) =>
        {
            string path = FormattableString.Invariant($"{PathOf(name)}[{i}]");
            _context.Place(path, item.Offset);
            return (path, item);
        });
    }

    /// <summary>A text.</summary>
    public string? Text(string name) => Find(name) is { } node ? TextOf(node, PathOf(name)) : null;

    /// <summary>A text that must be there.</summary>
    public string? RequiredText(string name, string example) => Required(name, example) is { } node ? TextOf(node, PathOf(name)) : null;

    /// <summary>A number.</summary>
    public double? Number(string name) => Find(name) is { } node ? NumberOf(node, PathOf(name)) : null;

    /// <summary>A number that must be there; 1 as a stand-in if it is not.</summary>
    public double RequiredNumber(string name) =>
        (Required(name, $"\"{name}\": 1.5") is { } node ? NumberOf(node, PathOf(name)) : null) ?? 1.0;

    /// <summary>Numbers that must be there.</summary>
    public ImmutableArray<double>? RequiredNumbers(string name) =>
        Required(name, $"\"{name}\": [0, 1, 2]") is { } node ? _context.Numbers(node, PathOf(name)) : null;

    /// <summary>true or false.</summary>
    public bool Flag(string name, bool fallback)
    {
        if (Find(name) is not { } node)
        {
            return fallback;
        }

        if (node.Kind == SourceKind.Boolean)
        {
            return node.Flag;
        }

        _context.Fault(node, PathOf(name), $"true or false is expected, but this is {node.Describe()}", "Write true or false, without quotes.");
        return fallback;
    }

    /// <summary>One of a few words; the first if it is absent or unknown.</summary>
    public string Choice(string name, params ReadOnlySpan<string> words)
    {
        string[] known = words.ToArray();
        if (Find(name) is not { } node || TextOf(node, PathOf(name)) is not { } word)
        {
            return known[0];
        }

        if (known.Contains(word, StringComparer.Ordinal))
        {
            return word;
        }

        _context.Fault(node, PathOf(name), $"unknown {name} '{SourceNode.Shorten(word)}'", Suggestions.For(word, known));
        return known[0];
    }

    /// <summary>A formula or number.</summary>
    public Expr? Expression(string name) => Find(name) is { } node ? _context.Expression(node, PathOf(name)) : null;

    /// <summary>A formula or number that must be there.</summary>
    public Expr? RequiredExpression(string name, string example) =>
        Required(name, example) is { } node ? _context.Expression(node, PathOf(name)) : null;

    /// <summary>A condition.</summary>
    public Condition? Condition(string name) => Find(name) is { } node ? _context.Condition(node, PathOf(name)) : null;

    /// <summary>A list of assignments: an object from targets to formulas; empty if it is absent.</summary>
    public ImmutableArray<Assignment> Assignments(string name)
    {
        var list = ImmutableArray.CreateBuilder<Assignment>();
        foreach ((string target, string path, SourceNode value) in Section(name, $"\"{name}\": {{ \"x\": \"-k*x\" }}"))
        {
            Expr? assigned = _context.Scope.IsBoolean(target) ? _context.Truth(value, path) : _context.Expression(value, path);
            list.Add(new(target, assigned ?? Expr.Zero));
        }

        return list.ToImmutable();
    }

    /// <summary>Reports a fault of a property, or of the object.</summary>
    public void Fault(string? name, string what, string mend) =>
        _context.Fault((name is null ? null : Find(name)) ?? _node, name is null ? Path : PathOf(name), what, mend);

    /// <summary>The path of a property.</summary>
    public string PathOf(string name) => ReadingContext.Join(Path, name);

    /// <summary>The value of a property that must be there.</summary>
    public SourceNode? Required(string name, string example)
    {
        if (Find(name) is { } node)
        {
            return node;
        }

        _context.Fault(_node, PathOf(name), $"the property '{name}' is missing", $"Add {example}.");
        return null;
    }

    private string? TextOf(SourceNode node, string path)
    {
        if (node.Kind == SourceKind.Text)
        {
            return node.Text;
        }

        _context.Fault(node, path, $"a text is expected, but this is {node.Describe()}", "Write it in double quotes.");
        return null;
    }

    private double? NumberOf(SourceNode node, string path)
    {
        if (node.Kind == SourceKind.Number)
        {
            return node.Number;
        }

        _context.Fault(node, path, $"a number is expected, but this is {node.Describe()}", "Write a plain number such as 9.81, without quotes.");
        return null;
    }
}
