using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Neural.Safetensors;

/// <summary>Reads and checks the header of a safetensors file. A file may lie: nothing here trusts a number of it.</summary>
internal sealed class SafetensorsHeader
{
    /// <summary>Bytes before the header.</summary>
    public const int PrefixLength = 8;

    /// <summary>Longest header, as in the reference implementation.</summary>
    public const int LongestHeader = 100_000_000;

    /// <summary>Name of the entry that holds no tensor.</summary>
    public const string MetadataName = "__metadata__";

    /// <summary>After so many findings the rest of a header is not read.</summary>
    public const int MostFindings = 1000;

    private const int MostExtents = 64;

    private readonly string _where;
    private readonly FindingList _findings = new();
    private readonly List<SafetensorsEntry> _entries = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly ImmutableSortedDictionary<string, string>.Builder _metadata =
        ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);

    private SafetensorsHeader(string where) => _where = where;

    /// <summary>The tensors, in the order of their bytes.</summary>
    public ImmutableArray<SafetensorsEntry> Tensors => [.. _entries];

    /// <summary>What the writer noted, by name.</summary>
    public ImmutableSortedDictionary<string, string> Metadata => _metadata.ToImmutable();

    /// <exception cref="ModelException">The file is too short to say how long its header is.</exception>
    public static void CheckPrefix(long fileLength, string where)
    {
        if (fileLength < PrefixLength)
        {
            throw new ModelException(where, $"the file has {fileLength} bytes and ends before its header", "It may be cut off.");
        }
    }

    /// <summary>Bytes of the header.</summary>
    /// <param name="prefix">The first bytes of the file.</param>
    /// <param name="fileLength">Bytes of the file.</param>
    /// <param name="where">What findings call it.</param>
    /// <exception cref="ModelException">The file does not hold as many.</exception>
    public static int LengthOf(ReadOnlySpan<byte> prefix, long fileLength, string where)
    {
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        return length <= LongestHeader && length <= (ulong)(fileLength - PrefixLength)
            ? (int)length
            : throw new ModelException(
                where,
                $"the header claims {length} bytes, of which the file holds {fileLength - PrefixLength} (at most {LongestHeader} are allowed)",
                "The file is cut off, or not in the safetensors format.");
    }

    /// <summary>Reads and checks a header.</summary>
    /// <param name="json">The header.</param>
    /// <param name="dataLength">Bytes after it.</param>
    /// <param name="where">What findings call the file.</param>
    /// <exception cref="ModelException">The file is not sound; carries every finding.</exception>
    public static SafetensorsHeader Read(ReadOnlySpan<byte> json, long dataLength, string where)
    {
        var header = new SafetensorsHeader(where);
        try
        {
            var reader = new Utf8JsonReader(json);
            header.ReadEntries(ref reader);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            header._findings.Error(where, $"the header is not sound JSON: {fault.Message}", "The file is damaged.");
        }

        if (header._findings.Count == 0)
        {
            header.CheckLayout(dataLength);
        }

        return header._findings.Count == 0 ? header : throw new ModelException(header._findings.ToImmutable());
    }

    private void ReadEntries(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            _findings.Error(_where, "the header is not a JSON object", "The file is damaged, or not in the safetensors format.");
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (_findings.Count >= MostFindings)
            {
                _findings.Error(_where, "there are too many findings to go on: the rest of the header was not read", "The file is damaged.");
                return;
            }

            string name = reader.GetString()!;
            if (!_names.Add(name))
            {
                _findings.Error($"{_where}, {name}", "the name occurs twice", "Names of tensors must differ.");
            }

            reader.Read();
            if (name == MetadataName)
            {
                ReadMetadata(ref reader);
            }
            else
            {
                ReadTensor(ref reader, name);
            }
        }

        // Utf8JsonReader refuses anything but white space after the last brace.
        while (reader.Read())
        {
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            _findings.Error($"{_where}, {MetadataName}", "it is not an object of texts", "Metadata are pairs of texts.");
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (_metadata.ContainsKey(key))
            {
                _findings.Error($"{_where}, {MetadataName}.{key}", "the name occurs twice", "Names of metadata must differ.");
            }

            if (reader.TokenType != JsonTokenType.String)
            {
                _findings.Error($"{_where}, {MetadataName}.{key}", "the value is not a text", "Metadata are pairs of texts.");
                reader.Skip();
                continue;
            }

            _metadata[key] = reader.GetString()!;
        }
    }

    private void ReadTensor(ref Utf8JsonReader reader, string name)
    {
        string where = $"{_where}, {name}";
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            _findings.Error(where, "it is not an object", "A tensor has dtype, shape and data_offsets.");
            reader.Skip();
            return;
        }

        string? dtype = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            switch (key)
            {
                case "dtype" when dtype is null && reader.TokenType == JsonTokenType.String:
                    dtype = reader.GetString();
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(ref reader);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(ref reader);
                    break;
                default:
                    _findings.Error(where, $"'{key}' is unknown, of the wrong kind or there twice", "A tensor has dtype, shape and data_offsets.");
                    reader.Skip();
                    break;
            }
        }

        Add(where, name, dtype, shape, offsets);
    }

    private void Add(string where, string name, string? dtype, List<long>? shape, List<long>? offsets)
    {
        TensorType? type = TensorTypes.Find(dtype);
        if (type is null)
        {
            _findings.Error(where, $"unknown dtype '{dtype}'", Suggestions.For(dtype ?? "", TensorTypes.Names));
        }

        if (shape is null)
        {
            _findings.Error(where, $"shape is not a list of at most {MostExtents} whole numbers from 0", "A single number has the shape [].");
        }

        if (offsets is not { Count: 2 })
        {
            _findings.Error(where, "data_offsets are not two whole numbers from 0", "A tensor has the offsets of its first byte and of the byte after its last.");
        }

        if (type is null || shape is null || offsets is not { Count: 2 })
        {
            return;
        }

        UInt128 expected = (UInt128)TensorTypes.SizeOf(type.Value);
        foreach (long extent in shape)
        {
            // Once beyond the longest file it stays there: the product cannot overflow.
            expected = extent == 0 ? 0 : UInt128.Min(expected, long.MaxValue) * (UInt128)extent;
        }

        if (offsets[1] < offsets[0] || (UInt128)(offsets[1] - offsets[0]) != expected)
        {
            _findings.Error(
                where,
                $"shape {string.Join(" x ", shape)} of {dtype} needs {expected} bytes, but data_offsets are {offsets[0]} to {offsets[1]}",
                "Shape and offsets must agree.");
            return;
        }

        _entries.Add(new(name, type.Value, [.. shape], offsets[0], offsets[1]));
    }

    /// <summary>A list of whole numbers from 0 of bearable length, or null.</summary>
    private static List<long>? ReadNumbers(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return null;
        }

        List<long>? numbers = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long number) && number >= 0 && !(numbers?.Count >= MostExtents))
            {
                numbers?.Add(number);
            }
            else
            {
                numbers = null;
                reader.Skip();
            }
        }

        return numbers;
    }

    /// <summary>Every byte belongs to one tensor.</summary>
    private void CheckLayout(long length)
    {
        _entries.Sort(static (a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        long at = 0;
        string before = "the header";
        foreach (SafetensorsEntry entry in _entries)
        {
            string where = $"{_where}, {entry.Name}";
            if (entry.End > length)
            {
                _findings.Error(where, $"its bytes end at {entry.End}, but the file holds {length}", "The file is cut off.");
            }
            else if (entry.Begin != at)
            {
                _findings.Error(
                    where,
                    entry.Begin < at ? $"its bytes from {entry.Begin} overlap those of {before}, which end at {at}"
                        : $"{entry.Begin - at} bytes between {before} and it belong to no tensor",
                    "Tensors must follow each other without gaps.");
            }

            at = Math.Max(at, entry.End);
            before = $"'{entry.Name}'";
        }

        if (_findings.Count == 0 && at != length)
        {
            _findings.Error(_where, $"{length - at} bytes after the last tensor belong to none", "The file is damaged.");
        }
    }
}
