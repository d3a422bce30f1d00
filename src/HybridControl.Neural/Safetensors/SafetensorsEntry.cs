using System.Collections.Immutable;

namespace HybridControl.Neural.Safetensors;

/// <summary>One tensor of a file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Format of its numbers.</param>
/// <param name="Shape">Extents, the last one innermost; empty for a single number.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">The byte after the last.</param>
public sealed record SafetensorsEntry(string Name, TensorType Type, ImmutableArray<long> Shape, long Begin, long End)
{
    /// <summary>Number of entries.</summary>
    public long Count => (End - Begin) / TensorTypes.SizeOf(Type);

    /// <summary>Number of rows when it is seen as a matrix: the first extent; one for a vector or a single number.</summary>
    public long Rows => Shape.Length < 2 ? 1 : Shape[0];

    /// <summary>Entries of a row when it is seen as a matrix: the product of all extents after the first, or zero where there are no rows.</summary>
    public long Columns => Rows == 0 ? 0 : Count / Rows;

    /// <summary>The extents as text, such as <c>16 x 2</c>.</summary>
    public string ShapeText => Shape.IsEmpty ? "a single number" : string.Join(" x ", Shape);
}
