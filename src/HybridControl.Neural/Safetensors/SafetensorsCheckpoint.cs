using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Neural.Tensors;
using HybridControl.Numerics;

namespace HybridControl.Neural.Safetensors;

/// <summary>The tensors of a trained network, in one file or divided over several.</summary>
/// <remarks>
/// Files are mapped as <see cref="SafetensorsFile"/> says, and read the same way. Immutable, safe on any thread; spans end with
/// <see cref="Dispose"/>.
/// </remarks>
public sealed class SafetensorsCheckpoint : IDisposable
{
    private const int NamesShown = 5;

    private readonly ImmutableArray<SafetensorsFile> _files;
    private readonly Dictionary<string, (SafetensorsEntry Tensor, SafetensorsFile File)> _byName = new(StringComparer.Ordinal);

    private SafetensorsCheckpoint(ImmutableArray<SafetensorsFile> files, string where)
    {
        _files = files;
        Where = where;
        Tensors = [.. files.SelectMany(file => file.Tensors)];
        var metadata = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (SafetensorsFile file in files)
        {
            foreach (SafetensorsEntry tensor in file.Tensors)
            {
                _byName.Add(tensor.Name, (tensor, file));
            }

            foreach ((string name, string text) in file.Metadata)
            {
                metadata.TryAdd(name, text);
            }
        }

        Metadata = metadata.ToImmutable();
    }

    /// <summary>What findings call the checkpoint: the path of its file or index.</summary>
    public string Where { get; }

    /// <summary>The tensors, file by file in the order of names, each in the order of its bytes.</summary>
    public ImmutableArray<SafetensorsEntry> Tensors { get; }

    /// <summary>What the writer noted, by name. Where files differ, the first one is right.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; }

    /// <summary>Opens a checkpoint; dispose the result when nothing is read from it any more.</summary>
    /// <param name="path">
    /// A safetensors file, an index (<c>model.safetensors.index.json</c>) whose <c>weight_map</c> names a file for each tensor, or
    /// a folder with <c>model.safetensors</c> or an index.
    /// </param>
    /// <exception cref="ModelException">
    /// There is none; a file is not sound or missing; the index names a file outside its folder; index and files do not hold the
    /// same tensors. Carries every finding of all files.
    /// </exception>
    public static SafetensorsCheckpoint Open(string path)
    {
        string file = Directory.Exists(path) ? FileWithin(path) : path;
        return file.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? OpenIndex(file) : Of(SafetensorsFile.Load(file));
    }

    /// <summary>The checkpoint of one file, which is disposed with it.</summary>
    public static SafetensorsCheckpoint Of(SafetensorsFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new([file], file.Where);
    }

    /// <summary>The tensor of a name, or null.</summary>
    public SafetensorsEntry? Find(string name) => _byName.GetValueOrDefault(name).Tensor;

    /// <summary>The file that holds a tensor.</summary>
    /// <exception cref="ArgumentException">It is not a tensor of this checkpoint.</exception>
    public SafetensorsFile FileOf(SafetensorsEntry tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return _byName.TryGetValue(tensor.Name, out (SafetensorsEntry Tensor, SafetensorsFile File) found) && ReferenceEquals(found.Tensor, tensor)
            ? found.File
            : throw new ArgumentException($"'{tensor.Name}' is not a tensor of {Where}.", nameof(tensor));
    }

    /// <summary>A tensor of any format as a matrix whose rows are read when they are asked for, from any thread.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>
    /// One of shape [a, b, c] has a rows of b c numbers, one of shape [n] a single row; reading from it throws as
    /// <see cref="SafetensorsFile.ReadRow(SafetensorsEntry, long, Span{float})"/> does.
    /// </returns>
    /// <exception cref="ModelException">There is no such tensor, or it has 2^31 rows or columns or more.</exception>
    public IMatrixSource Matrix(string name)
    {
        (SafetensorsEntry tensor, SafetensorsFile file) = Require(name);
        return new SafetensorsMatrix(file, tensor, tensor.Columns);
    }

    /// <summary>A tensor of any format as a matrix of as many columns as its user says, whose rows are read when they are asked for.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="columns">Numbers of a row; the axes of the tensor are run together, the last one innermost.</param>
    /// <returns>As many rows as the numbers of the tensor fill.</returns>
    /// <exception cref="ModelException">There is no such tensor, its numbers do not fill the rows, or there are 2^31 of them or more.</exception>
    public IMatrixSource Matrix(string name, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        (SafetensorsEntry tensor, SafetensorsFile file) = Require(name);
        return new SafetensorsMatrix(file, tensor, columns);
    }

    /// <inheritdoc cref="SafetensorsFile.BytesOf(SafetensorsEntry)"/>
    public ReadOnlySpan<byte> BytesOf(SafetensorsEntry tensor) => FileOf(tensor).BytesOf(tensor);

    /// <inheritdoc cref="SafetensorsFile.BytesOf(SafetensorsEntry, long, int)"/>
    public ReadOnlySpan<byte> BytesOf(SafetensorsEntry tensor, long firstRow, int rows) => FileOf(tensor).BytesOf(tensor, firstRow, rows);

    /// <inheritdoc cref="SafetensorsFile.CopyTo(SafetensorsEntry, Span{double})"/>
    public void CopyTo(SafetensorsEntry tensor, Span<double> target) => FileOf(tensor).CopyTo(tensor, target);

    /// <inheritdoc cref="SafetensorsFile.CopyTo(SafetensorsEntry, Span{float})"/>
    public void CopyTo(SafetensorsEntry tensor, Span<float> target) => FileOf(tensor).CopyTo(tensor, target);

    /// <inheritdoc cref="SafetensorsFile.CopyTo(SafetensorsEntry, Span{long})"/>
    public void CopyTo(SafetensorsEntry tensor, Span<long> target) => FileOf(tensor).CopyTo(tensor, target);

    /// <inheritdoc cref="SafetensorsFile.ReadRow(SafetensorsEntry, long, Span{float})"/>
    public void ReadRow(SafetensorsEntry tensor, long row, Span<float> target) => FileOf(tensor).ReadRow(tensor, row, target);

    /// <inheritdoc cref="SafetensorsFile.ReadRow(SafetensorsEntry, long, Span{double})"/>
    public void ReadRow(SafetensorsEntry tensor, long row, Span<double> target) => FileOf(tensor).ReadRow(tensor, row, target);

    /// <summary>Ends all mappings.</summary>
    public void Dispose() => DisposeAll(_files);

    private (SafetensorsEntry Tensor, SafetensorsFile File) Require(string name) =>
        _byName.TryGetValue(name, out (SafetensorsEntry Tensor, SafetensorsFile File) found)
            ? found
            : throw new ModelException($"{Where}, {name}", "the tensor is missing", Suggestions.For(name, _byName.Keys));

    private static string FileWithin(string folder)
    {
        string single = Path.Combine(folder, SafetensorsIndex.SingleFileName);
        string index = Path.Combine(folder, SafetensorsIndex.FileName);
        return (File.Exists(single), File.Exists(index)) switch
        {
            (true, false) => single,
            (false, true) => index,
            (true, true) => throw new ModelException(
                folder, $"it holds both {SafetensorsIndex.SingleFileName} and {SafetensorsIndex.FileName}", "Give the path of the one that is meant."),
            _ => throw new ModelException(
                folder, $"it holds neither {SafetensorsIndex.SingleFileName} nor {SafetensorsIndex.FileName}", "Give the path of a file or an index."),
        };
    }

    private static SafetensorsCheckpoint OpenIndex(string path)
    {
        ImmutableSortedDictionary<string, string> map = SafetensorsIndex.Read(path);
        string folder = Path.GetDirectoryName(path) ?? "";
        var findings = new FindingList();
        var files = new SortedDictionary<string, SafetensorsFile>(StringComparer.Ordinal);
        try
        {
            foreach (IGrouping<string, string> names in map.GroupBy(entry => entry.Value, entry => entry.Key, StringComparer.Ordinal))
            {
                if (LoadShard(Path.Combine(folder, names.Key), [.. names], findings) is { } file)
                {
                    files.Add(names.Key, file);
                }
            }

            CheckMap(path, map, files, findings);
            return findings.Count == 0 ? new([.. files.Values], path) : throw new ModelException(findings.ToImmutable());
        }
        catch
        {
            DisposeAll(files.Values);
            throw;
        }
    }

    private static SafetensorsFile? LoadShard(string path, string[] names, FindingList findings)
    {
        if (!File.Exists(path))
        {
            string some = string.Join(", ", names.Take(NamesShown).Select(name => $"'{name}'"));
            findings.Error(
                path,
                $"the file is missing, and with it {names.Length} tensors: {some}{(names.Length > NamesShown ? ", ..." : "")}",
                "Fetch the checkpoint again.");
            return null;
        }

        try
        {
            return SafetensorsFile.Load(path);
        }
        catch (ModelException fault)
        {
            foreach (Finding finding in fault.Findings)
            {
                findings.Error(finding.Where, finding.What, finding.Mend);
            }

            return null;
        }
    }

    private static void CheckMap(
        string path, ImmutableSortedDictionary<string, string> map, SortedDictionary<string, SafetensorsFile> files, FindingList findings)
    {
        const string mend = "Take the index that was written with the files.";
        foreach ((string name, string place) in map)
        {
            if (files.TryGetValue(place, out SafetensorsFile? file) && file.Find(name) is null && !IsFull(path, findings))
            {
                findings.Error($"{path}, {name}", $"the tensor is not in {file.Where}", mend);
            }
        }

        foreach ((string place, SafetensorsFile file) in files)
        {
            foreach (SafetensorsEntry tensor in file.Tensors)
            {
                string? expected = map.GetValueOrDefault(tensor.Name);
                if (expected != place && !IsFull(path, findings))
                {
                    findings.Error(
                        $"{file.Where}, {tensor.Name}", expected is null ? $"the tensor is not in {path}" : $"the index says that it is in {expected}", mend);
                }
            }
        }
    }

    private static bool IsFull(string path, FindingList findings)
    {
        if (findings.Count == SafetensorsHeader.MostFindings)
        {
            findings.Error(path, "there are too many findings to go on", "Fetch the checkpoint again.");
        }

        return findings.Count > SafetensorsHeader.MostFindings;
    }

    private static void DisposeAll(IEnumerable<SafetensorsFile> files)
    {
        foreach (SafetensorsFile file in files)
        {
            file.Dispose();
        }
    }
}
