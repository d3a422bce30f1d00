using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Serialization;

/// <summary>Reads discrete variables: a number or formula, true or false, or an object with a <c>type</c>.</summary>
internal static class DiscreteReader
{
    /// <summary>Whether a declaration is that of a boolean variable.</summary>
    public static bool IsBoolean(SourceNode value) => value.Kind == SourceKind.Boolean || (value.Kind == SourceKind.Object && value.Properties.Any(
        property => property is { Name: "type", Value: { Kind: SourceKind.Text, Text: "boolean" } } or { Name: "initial", Value.Kind: SourceKind.Boolean }));

    /// <summary>Reads one variable.</summary>
    public static DiscreteVariable Read(ReadingContext context, string name, string path, SourceNode value)
    {
        bool truth = IsBoolean(value);
        if (value.Kind != SourceKind.Object)
        {
            Expr initial = (truth ? context.Truth(value, path) : context.Expression(value, path)) ?? Expr.Zero;
            return new(name, initial, Type: truth ? DiscreteType.Boolean : DiscreteType.Real);
        }

        ObjectReader reader = ObjectReader.Open(context, value, path, ModelProperties.Discrete, "")!;
        DiscreteType type = reader.Choice("type", "real", "integer", "boolean") switch
        {
            "integer" => DiscreteType.Integer,
            "boolean" => DiscreteType.Boolean,
            _ => truth ? DiscreteType.Boolean : DiscreteType.Real,
        };
        Expr? start = reader.Find("initial") is not { } node ? null
            : truth ? context.Truth(node, reader.PathOf("initial"))
            : context.Expression(node, reader.PathOf("initial"));
        return new(name, start ?? Expr.Zero, reader.Text("unit") ?? "", type);
    }
}
