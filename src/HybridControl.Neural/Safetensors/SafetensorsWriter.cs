using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Neural.Tensors;
using HybridControl.Serialization;

namespace HybridControl.Neural.Safetensors;

/// <summary>Collects named tensors and writes them in the safetensors format, to one file or to several with an index.</summary>
/// <remarks>
/// The bytes are a function of what was added and in which order. Numbers that were given as memory, as a matrix or from another
/// checkpoint are converted and written a block at a time, so that a file may be larger than memory. Not thread-safe.
/// </remarks>
public sealed class SafetensorsWriter
{
    private readonly List<TensorContent> _tensors = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal) { SafetensorsHeader.MetadataName };
    private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal);

    /// <summary>Notes a text beside the tensors.</summary>
    public SafetensorsWriter Note(string name, string text)
    {
        _metadata[name] = text;
        return this;
    }

    /// <summary>Adds a copy of doubles as F64.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Extents, the last one innermost; empty for a single number.</param>
    /// <param name="values">Entries.</param>
    /// <exception cref="ArgumentException">The name is taken, or the entries do not fill the shape.</exception>
    public SafetensorsWriter Add(string name, ReadOnlySpan<long> shape, ReadOnlySpan<double> values) =>
        Add<double>(name, TensorType.F64, shape, values.ToArray());

    /// <summary>Adds a copy of floats as F32.</summary>
    /// <inheritdoc cref="Add(string, ReadOnlySpan{long}, ReadOnlySpan{double})"/>
    public SafetensorsWriter Add(string name, ReadOnlySpan<long> shape, ReadOnlySpan<float> values) =>
        Add<float>(name, TensorType.F32, shape, values.ToArray());

    /// <summary>Adds a copy of whole numbers as I64.</summary>
    /// <inheritdoc cref="Add(string, ReadOnlySpan{long}, ReadOnlySpan{double})"/>
    public SafetensorsWriter Add(string name, ReadOnlySpan<long> shape, ReadOnlySpan<long> values) =>
        Add<long>(name, TensorType.I64, shape, values.ToArray());

    /// <summary>Adds doubles, rounded to nearest where the format is narrower, without a copy.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">F64, F32, F16 or BF16.</param>
    /// <param name="shape">Extents, the last one innermost; empty for a single number.</param>
    /// <param name="values">Entries, read when the file is written.</param>
    /// <exception cref="ArgumentException">The name is taken, the entries do not fill the shape, or the format is another.</exception>
    public SafetensorsWriter Add(string name, TensorType type, ReadOnlySpan<long> shape, ReadOnlyMemory<double> values) =>
        Add<double>(name, type, shape, values);

    /// <summary>Adds floats, rounded to nearest where the format is narrower, without a copy.</summary>
    /// <inheritdoc cref="Add(string, TensorType, ReadOnlySpan{long}, ReadOnlyMemory{double})"/>
    public SafetensorsWriter Add(string name, TensorType type, ReadOnlySpan<long> shape, ReadOnlyMemory<float> values) =>
        Add<float>(name, type, shape, values);

    /// <summary>Adds whole numbers as I64, without a copy.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Extents, the last one innermost; empty for a single number.</param>
    /// <param name="values">Entries, read when the file is written.</param>
    /// <exception cref="ArgumentException">The name is taken, or the entries do not fill the shape.</exception>
    public SafetensorsWriter Add(string name, ReadOnlySpan<long> shape, ReadOnlyMemory<long> values) =>
        Add<long>(name, TensorType.I64, shape, values);

    /// <summary>Adds a matrix, whose rows are asked for one by one when the file is written.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">F64, F32, F16 or BF16.</param>
    /// <param name="shape">Extents, the last one innermost, with as many entries as the matrix.</param>
    /// <param name="matrix">Entries.</param>
    /// <exception cref="ArgumentException">The name is taken, the entries do not fill the shape, or the format is another.</exception>
    public SafetensorsWriter Add(string name, TensorType type, ReadOnlySpan<long> shape, IMatrixSource matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        TensorNumbers.CheckWritable<double>(type);
        return Add(name, type, shape, (long)matrix.Rows * matrix.Columns, stream => TensorContent.Stream(type, matrix, stream));
    }

    /// <summary>Adds a tensor of a checkpoint bit by bit, under its name and in its format.</summary>
    /// <param name="checkpoint">Not to be disposed before the file is written.</param>
    /// <param name="tensor">A tensor of it.</param>
    /// <exception cref="ArgumentException">The name is taken, or the tensor belongs to another checkpoint.</exception>
    public SafetensorsWriter Add(SafetensorsCheckpoint checkpoint, SafetensorsEntry tensor)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        SafetensorsFile file = checkpoint.FileOf(tensor);
        return Add(tensor.Name, tensor.Type, tensor.Shape.AsSpan(), tensor.Count, stream => file.CopyTo(tensor, stream));
    }

    /// <summary>Writes a file that appears whole or not at all.</summary>
    /// <exception cref="Diagnostics.ModelException">The file cannot be written, or a checkpoint that tensors come from cannot be read.</exception>
    public void Save(string path) => DurableFile.Write(path, Write);

    /// <summary>Writes to a stream.</summary>
    public void Write(Stream stream) => SafetensorsImage.Write(stream, _metadata, _tensors);

    /// <summary>
    /// Writes files <c>model-00001-of-0000N.safetensors</c> in the order of what was added, and then the index
    /// <c>model.safetensors.index.json</c>: the checkpoint appears whole or not at all.
    /// </summary>
    /// <param name="folder">An existing folder without a checkpoint.</param>
    /// <param name="longestFile">Most bytes of numbers in a file, above 0; a tensor that has more gets one of its own.</param>
    /// <returns>Path of the index.</returns>
    /// <exception cref="InvalidOperationException">There are no tensors.</exception>
    /// <exception cref="Diagnostics.ModelException">
    /// The folder holds a checkpoint, a file cannot be written, or a checkpoint that tensors come from cannot be read.
    /// </exception>
    public string SaveShards(string folder, long longestFile)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(longestFile);
        if (_tensors.Count == 0)
        {
            throw new InvalidOperationException("There are no tensors to divide: add some first.");
        }

        return SafetensorsShards.Save(folder, longestFile, _metadata, _tensors);
    }

    private SafetensorsWriter Add<T>(string name, TensorType type, ReadOnlySpan<long> shape, ReadOnlyMemory<T> values)
        where T : unmanaged, INumberBase<T>
    {
        TensorNumbers.CheckWritable<T>(type);
        return Add(name, type, shape, values.Length, stream => TensorContent.Stream(type, values.Span, stream));
    }

    private SafetensorsWriter Add(string name, TensorType type, ReadOnlySpan<long> shape, long count, Action<Stream> write)
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

        _tensors.Add(new(name, type, ImmutableArray.Create(shape), checked(count * TensorTypes.SizeOf(type)), write));
        return this;
    }
}
