using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using HybridControl.Diagnostics;

namespace HybridControl.Neural.Safetensors;

/// <summary>The bytes of a safetensors file: prefix, header, numbers.</summary>
internal static class SafetensorsImage
{
    private const int Alignment = 8;

    /// <summary>Writes a file to a stream.</summary>
    /// <exception cref="ModelException">The header would be longer than readers allow.</exception>
    public static void Write(Stream stream, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<TensorContent> tensors)
    {
        var header = new ArrayBufferWriter<byte>();
        WriteHeader(header, metadata, tensors);

        // Spaces bring the numbers to a multiple of eight bytes, as the reference implementation does.
        int padding = (Alignment - (header.WrittenCount % Alignment)) % Alignment;
        header.GetSpan(Alignment)[..padding].Fill((byte)' ');
        header.Advance(padding);
        if (header.WrittenCount > SafetensorsHeader.LongestHeader)
        {
            throw new ModelException(
                "safetensors", $"the header takes {header.WrittenCount} bytes; readers allow {SafetensorsHeader.LongestHeader}",
                "Divide the tensors over several files.");
        }

        Span<byte> prefix = stackalloc byte[SafetensorsHeader.PrefixLength];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.WrittenCount);
        stream.Write(prefix);
        stream.Write(header.WrittenSpan);
        foreach (TensorContent tensor in tensors)
        {
            tensor.Write(stream);
        }
    }

    private static void WriteHeader(IBufferWriter<byte> buffer, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<TensorContent> tensors)
    {
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        if (metadata.Count > 0)
        {
            json.WriteStartObject(SafetensorsHeader.MetadataName);
            foreach ((string name, string text) in metadata)
            {
                json.WriteString(name, text);
            }

            json.WriteEndObject();
        }

        long at = 0;
        foreach (TensorContent tensor in tensors)
        {
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", TensorTypes.NameOf(tensor.Type));
            json.WriteStartArray("shape");
            foreach (long extent in tensor.Shape)
            {
                json.WriteNumberValue(extent);
            }

            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(at);
            json.WriteNumberValue(at += tensor.Length);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
