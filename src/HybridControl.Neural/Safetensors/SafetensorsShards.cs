using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Serialization;

namespace HybridControl.Neural.Safetensors;

/// <summary>Divides tensors over files and writes them with their index.</summary>
internal static class SafetensorsShards
{
    /// <summary>Writes a checkpoint. The index comes last, and without it there is none.</summary>
    /// <returns>Path of the index.</returns>
    /// <exception cref="ModelException">The folder holds a checkpoint, or a file cannot be written.</exception>
    public static string Save(
        string folder, long longestFile, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<TensorContent> tensors)
    {
        string index = Path.Combine(folder, SafetensorsIndex.FileName);
        RefuseExisting(index);
        RefuseExisting(Path.Combine(folder, SafetensorsIndex.SingleFileName));
        List<List<TensorContent>> shards = Divide(tensors, longestFile);
        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var written = new List<string>(shards.Count);
        try
        {
            for (int i = 0; i < shards.Count; i++)
            {
                List<TensorContent> shard = shards[i];
                string name = string.Create(CultureInfo.InvariantCulture, $"model-{i + 1:D5}-of-{shards.Count:D5}.safetensors");
                string path = Path.Combine(folder, name);
                DurableFile.Write(path, stream => SafetensorsImage.Write(stream, metadata, shard));
                written.Add(path);
                shard.ForEach(tensor => map.Add(tensor.Name, name));
            }

            SafetensorsIndex.Write(index, map, tensors.Sum(tensor => tensor.Length));
            return index;
        }
        catch
        {
            written.ForEach(TryDelete);
            throw;
        }
    }

    private static List<List<TensorContent>> Divide(IReadOnlyList<TensorContent> tensors, long longestFile)
    {
        List<List<TensorContent>> shards = [[]];
        long length = 0;
        foreach (TensorContent tensor in tensors)
        {
            if (shards[^1].Count > 0 && tensor.Length > longestFile - length)
            {
                shards.Add([]);
                length = 0;
            }

            shards[^1].Add(tensor);
            length += tensor.Length;
        }

        return shards;
    }

    private static void RefuseExisting(string path)
    {
        if (File.Exists(path))
        {
            throw new ModelException(path, "the folder holds a checkpoint already", "Choose an empty folder, or remove the old one.");
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception fault) when (DurableFile.IsFault(fault))
        {
            // What keeps the file from being removed says nothing about the fault that is under way.
        }
    }
}
