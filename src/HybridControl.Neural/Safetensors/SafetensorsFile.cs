using System.Collections.Immutable;
using System.Runtime.InteropServices;
using HybridControl.Diagnostics;
using HybridControl.Serialization;

namespace HybridControl.Neural.Safetensors;

/// <summary>Named tensors as read from a file in the safetensors format.</summary>
/// <remarks>
/// Eight bytes with the length of a JSON header, the header, then the numbers, little-endian and row-major. The header is
/// checked in full before any number is read: every byte of the data belongs to exactly one tensor. Immutable, safe on any
/// thread. Source: the format section of github.com/huggingface/safetensors.
/// </remarks>
public sealed class SafetensorsFile
{
    private readonly ReadOnlyMemory<byte> _data;
    private readonly Dictionary<string, SafetensorsEntry> _byName;

    internal SafetensorsFile(
        ImmutableArray<SafetensorsEntry> tensors, ImmutableSortedDictionary<string, string> metadata, ReadOnlyMemory<byte> data)
    {
        Tensors = tensors;
        Metadata = metadata;
        _data = data;
        _byName = tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>The tensors, in the order of their bytes.</summary>
    public ImmutableArray<SafetensorsEntry> Tensors { get; }

    /// <summary>What the writer noted, by name.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; }

    /// <summary>Reads a file whole.</summary>
    /// <exception cref="ModelException">It cannot be read, or is not a sound safetensors file; carries every finding.</exception>
    public static SafetensorsFile Load(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path), path);
        }
        catch (Exception fault) when (DurableFile.IsFault(fault))
        {
            throw new ModelException(path, $"the file cannot be read: {fault.Message}");
        }
    }

    /// <summary>Reads a file that is in memory.</summary>
    /// <param name="bytes">The file; kept, not copied.</param>
    /// <param name="where">What findings call it.</param>
    /// <exception cref="ModelException">It is not a sound safetensors file; carries every finding.</exception>
    public static SafetensorsFile Parse(ReadOnlyMemory<byte> bytes, string where) => SafetensorsHeader.Read(bytes, where);

    /// <summary>The tensor of a name, or null.</summary>
    public SafetensorsEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The bytes of a tensor.</summary>
    public ReadOnlySpan<byte> BytesOf(SafetensorsEntry tensor) =>
        _data.Span[(int)tensor.Begin..(int)tensor.End];

    /// <summary>Writes the entries of a tensor of any format as doubles. Whole numbers beyond 2^53 are rounded.</summary>
    /// <exception cref="ArgumentException">The target has another length.</exception>
    public void CopyTo(SafetensorsEntry tensor, Span<double> target)
    {
        CheckLength(tensor, target.Length);
        ReadOnlySpan<byte> bytes = BytesOf(tensor);
        if (tensor.Type == TensorType.F64 && BitConverter.IsLittleEndian)
        {
            bytes.CopyTo(MemoryMarshal.AsBytes(target));
            return;
        }

        int size = TensorTypes.SizeOf(tensor.Type);
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = TensorTypes.ReadDouble(tensor.Type, bytes.Slice(i * size, size));
        }
    }

    /// <summary>Writes the entries of a tensor of any format as floats, rounded where need be.</summary>
    /// <exception cref="ArgumentException">The target has another length.</exception>
    public void CopyTo(SafetensorsEntry tensor, Span<float> target)
    {
        CheckLength(tensor, target.Length);
        ReadOnlySpan<byte> bytes = BytesOf(tensor);
        if (tensor.Type == TensorType.F32 && BitConverter.IsLittleEndian)
        {
            bytes.CopyTo(MemoryMarshal.AsBytes(target));
            return;
        }

        int size = TensorTypes.SizeOf(tensor.Type);
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = (float)TensorTypes.ReadDouble(tensor.Type, bytes.Slice(i * size, size));
        }
    }

    /// <summary>Writes the entries of a tensor of whole numbers.</summary>
    /// <exception cref="ArgumentException">The target has another length.</exception>
    /// <exception cref="InvalidOperationException">The format holds fractions, or numbers beyond 64 bits with sign.</exception>
    public void CopyTo(SafetensorsEntry tensor, Span<long> target)
    {
        CheckLength(tensor, target.Length);
        ReadOnlySpan<byte> bytes = BytesOf(tensor);
        int size = TensorTypes.SizeOf(tensor.Type);
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = TensorTypes.ReadInteger(tensor.Type, bytes.Slice(i * size, size));
        }
    }

    private static void CheckLength(SafetensorsEntry tensor, int length)
    {
        if (tensor.Count != length)
        {
            throw new ArgumentException($"Tensor '{tensor.Name}' holds {tensor.Count} numbers, the target {length}.", nameof(length));
        }
    }
}
