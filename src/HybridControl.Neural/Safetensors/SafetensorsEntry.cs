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

    /// <summary>The extents as text, such as <c>16 x 2</c>.</summary>
    public string ShapeText => Shape.IsEmpty ? "a single number" : string.Join(" x ", Shape);
}
