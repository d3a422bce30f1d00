using System.Collections.Immutable;

namespace HybridControl.Serialization;

/// <summary>What a JSON value is.</summary>
internal enum SourceKind
{
    Null,
    Boolean,
    Number,
    Text,
    List,
    Object,
}

/// <summary>A JSON value together with the place where it stands.</summary>
internal sealed class SourceNode
{
    public SourceNode(SourceKind kind, int offset)
    {
        Kind = kind;
        Offset = offset;
    }

    public SourceKind Kind { get; }

    /// <summary>Where it starts, in bytes from the start of the text.</summary>
    public int Offset { get; }

    /// <summary>A text; the digits of a number.</summary>
    public string Text { get; init; } = "";

    /// <summary>A number; infinite where the digits exceed double precision.</summary>
    public double Number { get; init; }

    /// <summary>A boolean.</summary>
    public bool Flag { get; init; }

    /// <summary>The entries of a list.</summary>
    public ImmutableArray<SourceNode> Items { get; init; } = [];

    /// <summary>The properties of an object, in the order of the text, each name once.</summary>
    public ImmutableArray<SourceProperty> Properties { get; init; } = [];

    /// <summary>A part of a text, at the place of the whole.</summary>
    public SourceNode WithText(string text) => new(Kind, Offset) { Text = text };

    /// <summary>What it is, for messages: "the text 'abc'".</summary>
    public string Describe() => Kind switch
    {
        SourceKind.Null => "null",
        SourceKind.Boolean => Flag ? "true" : "false",
        SourceKind.Number => $"the number {Shorten(Text)}",
        SourceKind.Text => $"the text '{Shorten(Text)}'",
        SourceKind.List => "a list",
        _ => "an object",
    };

    /// <summary>A text cut to a length that a message can hold.</summary>
    internal static string Shorten(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 37), "...");
}

/// <summary>One property of an object.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Offset">Where the name starts, in bytes.</param>
/// <param name="Value">Its value.</param>
internal sealed record SourceProperty(string Name, int Offset, SourceNode Value);
