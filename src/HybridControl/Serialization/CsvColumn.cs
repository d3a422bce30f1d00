using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Serialization;

/// <summary>Reads one column of numbers from a table with a header.</summary>
internal static class CsvColumn
{
    /// <summary>The numbers below a name of the header.</summary>
    /// <exception cref="ModelException">The file cannot be read, has no such column, or the column holds something else.</exception>
    public static ImmutableArray<double> Read(string path, string column)
    {
        var reader = CsvReader.Open(path);
        if (!reader.Read())
        {
            throw new ModelException(path, "the file is empty", "A table begins with the names of its columns.");
        }

        string[] header = [.. reader.Fields];
        int place = Array.IndexOf(header, column);
        if (place < 0)
        {
            throw new ModelException(path, $"there is no column '{SourceNode.Shorten(column)}'", Suggestions.For(column, header));
        }

        var values = ImmutableArray.CreateBuilder<double>();
        while (reader.Read())
        {
            reader.Expect(header.Length);
            values.Add(reader.Number(place));
        }

        return values.DrainToImmutable();
    }
}
