using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using HybridControl.Serialization;

namespace HybridControl.Neural.Safetensors;

/// <summary>Collects named tensors and writes them in the safetensors format.</summary>
/// <remarks>The bytes are a function of what was added and in which order. Not thread-safe.</remarks>
public sealed class SafetensorsWriter
{
    private readonly List<(SafetensorsEntry Entry, byte[] Bytes)> _tensors = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal) { SafetensorsHeader.MetadataName };
    private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private long _length;

    /// <summary>Notes a text beside the tensors.</summary>
    public SafetensorsWriter Note(string name, string text)
    {
        _metadata[name] = text;
        return this;
    }

    /// <summary>Adds a tensor of doubles (F64).</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Extents, the last one innermost; empty for a single number.</param>
    /// <param name="values">Entries.</param>
    /// <exception cref="ArgumentException">The name is taken, or the entries do not fill the shape.</exception>
    public SafetensorsWriter Add(string name, ReadOnlySpan<long> shape, ReadOnlySpan<double> values)
    {
        byte[] bytes = Claim(name, TensorType.F64, shape, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(8 * i), values[i]);
        }

        return this;
    }

    /// <summary>Adds a tensor of floats (F32).</summary>
    /// <inheritdoc cref="Add(string, ReadOnlySpan{long}, ReadOnlySpan{double})"/>
    public SafetensorsWriter Add(string name, ReadOnlySpan<long> shape, ReadOnlySpan<float> values)
    {
        byte[] bytes = Claim(name, TensorType.F32, shape, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), values[i]);
        }

        return this;
    }

    /// <summary>Adds a tensor of whole numbers (I64).</summary>
    /// <inheritdoc cref="Add(string, ReadOnlySpan{long}, ReadOnlySpan{double})"/>
    public SafetensorsWriter Add(string name, ReadOnlySpan<long> shape, ReadOnlySpan<long> values)
    {
        byte[] bytes = Claim(name, TensorType.I64, shape, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8 * i), values[i]);
        }

        return this;
    }

    /// <summary>Writes a file that appears whole or not at all.</summary>
    /// <exception cref="Diagnostics.ModelException">The file cannot be written.</exception>
    public void Save(string path) => DurableFile.Write(path, Write);

    /// <summary>Writes to a stream.</summary>
    public void Write(Stream stream)
    {
        var header = new ArrayBufferWriter<byte>();
        WriteHeader(header);

        // Spaces bring the numbers to a multiple of eight bytes, as the reference implementation does.
        int padded = (header.WrittenCount + 7) / 8 * 8;
        header.GetSpan(8)[..(padded - header.WrittenCount)].Fill((byte)' ');
        header.Advance(padded - header.WrittenCount);
        Span<byte> prefix = stackalloc byte[SafetensorsHeader.PrefixLength];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)padded);
        stream.Write(prefix);
        stream.Write(header.WrittenSpan);
        foreach ((_, byte[] bytes) in _tensors)
        {
            stream.Write(bytes);
        }
    }

    private void WriteHeader(IBufferWriter<byte> buffer)
    {
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        if (_metadata.Count > 0)
        {
            json.WriteStartObject(SafetensorsHeader.MetadataName);
            foreach ((string name, string text) in _metadata)
            {
                json.WriteString(name, text);
            }

            json.WriteEndObject();
        }

        foreach ((SafetensorsEntry entry, _) in _tensors)
        {
            json.WriteStartObject(entry.Name);
            json.WriteString("dtype", TensorTypes.NameOf(entry.Type));
            json.WriteStartArray("shape");
            foreach (long extent in entry.Shape)
            {
                json.WriteNumberValue(extent);
            }

            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(entry.Begin);
            json.WriteNumberValue(entry.End);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private byte[] Claim(string name, TensorType type, ReadOnlySpan<long> shape, int count)
    {
        long expected = 1;
        foreach (long extent in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(extent, nameof(shape));
            expected = checked(expected * extent);
        }

        if (expected != count)
        {
            throw new ArgumentException($"Tensor '{name}': {count} entries do not fill its shape of {expected}.", nameof(shape));
        }

        if (!_names.Add(name))
        {
            throw new ArgumentException($"There is a tensor '{name}' already.", nameof(name));
        }

        var bytes = new byte[count * TensorTypes.SizeOf(type)];
        _tensors.Add((new(name, type, ImmutableArray.Create(shape), _length, _length + bytes.Length), bytes));
        _length += bytes.Length;
        return bytes;
    }
}
