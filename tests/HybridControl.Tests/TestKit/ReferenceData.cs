using System.Text.Json;

namespace HybridControl.Tests.TestKit;

/// <summary>Answers that were computed elsewhere: tests/reference, or the folder that HYBRIDCONTROL_REFERENCE names.</summary>
public static class ReferenceData
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, JsonElement> Files = new();

    /// <summary>A case of estimation.json.</summary>
    public static JsonElement Estimation(string name) => File("estimation").GetProperty("cases").GetProperty(name);

    /// <summary>A whole file.</summary>
    /// <param name="name">Its name without folder and ending.</param>
    public static JsonElement File(string name) => Files.GetOrAdd(name, key =>
    {
        using JsonDocument document = JsonDocument.Parse(System.IO.File.ReadAllBytes(Path.Combine(Folder, $"{key}.json")));
        return document.RootElement.Clone();
    });

    /// <summary>A list of numbers; null is NaN.</summary>
    public static double[] Vector(this JsonElement element) => [.. element.EnumerateArray().Select(Number)];

    /// <summary>A list of numbers under a name.</summary>
    public static double[] Vector(this JsonElement element, string name) => element.GetProperty(name).Vector();

    /// <summary>A number under a name.</summary>
    public static double Number(this JsonElement element, string name) => Number(element.GetProperty(name));

    /// <summary>A number; null is NaN.</summary>
    public static double Number(JsonElement element) =>
        element.ValueKind == JsonValueKind.Null ? double.NaN : element.GetDouble();

    /// <summary>A list of lists of numbers, one array for each row.</summary>
    public static double[][] Rows(this JsonElement element) => [.. element.EnumerateArray().Select(Vector)];

    /// <summary>A list of lists of numbers under a name, one array for each row.</summary>
    public static double[][] Rows(this JsonElement element, string name) => element.GetProperty(name).Rows();

    /// <summary>A matrix.</summary>
    public static double[,] Matrix(this JsonElement element)
    {
        double[][] rows = element.Rows();
        var matrix = new double[rows.Length, rows[0].Length];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int j = 0; j < rows[i].Length; j++)
            {
                matrix[i, j] = rows[i][j];
            }
        }

        return matrix;
    }

    /// <summary>A matrix under a name.</summary>
    public static double[,] Matrix(this JsonElement element, string name) => element.GetProperty(name).Matrix();

    /// <summary>A matrix as one row-major array.</summary>
    public static double[] Flat(this JsonElement element) => [.. element.Rows().SelectMany(row => row)];

    /// <summary>A matrix under a name as one row-major array.</summary>
    public static double[] Flat(this JsonElement element, string name) => element.GetProperty(name).Flat();

    /// <summary>The folder of all of them.</summary>
    public static string Folder
    {
        get
        {
            if (Environment.GetEnvironmentVariable("HYBRIDCONTROL_REFERENCE") is { Length: > 0 } given)
            {
                return given;
            }

            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            while (folder is not null && !System.IO.File.Exists(Path.Combine(folder.FullName, "HybridControl.sln")))
            {
                folder = folder.Parent;
            }

            return Path.Combine(folder!.FullName, "tests", "reference");
        }
    }
}
