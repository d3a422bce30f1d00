using System.Text.Json;
using HybridControl.Neural.Safetensors;
using HybridControl.Tests.TestKit;

namespace HybridControl.Neural.Tests.TestKit;

/// <summary>A folder of golden vectors: configuration, weights, inputs and expected outputs of one architecture.</summary>
public sealed class GoldenCase
{
    private readonly SafetensorsFile _io;

    /// <summary>Opens a case of <c>neural/</c> below the reference data.</summary>
    public GoldenCase(string name)
    {
        (Name, Folder) = (name, Path.Combine(Root, name));
        using (JsonDocument config = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "config.json"))))
        {
            Config = config.RootElement.Clone();
        }

        using (JsonDocument meta = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "meta.json"))))
        {
            Meta = meta.RootElement.Clone();
        }

        _io = SafetensorsFile.Load(Path.Combine(Folder, "io.safetensors"));
    }

    /// <summary>The folder of all cases.</summary>
    public static string Root => Path.Combine(ReferenceData.Folder, "neural");

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its folder.</summary>
    public string Folder { get; }

    /// <summary>The configuration.</summary>
    public JsonElement Config { get; }

    /// <summary>How it was computed.</summary>
    public JsonElement Meta { get; }

    /// <summary>Names of the cases whose configuration meets a condition.</summary>
    public static IEnumerable<string> All(Func<GoldenCase, bool> condition) =>
        Directory.EnumerateDirectories(Root).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)
            .Where(name => condition(new(name)));

    /// <summary>Whether there is an input or an output of a name.</summary>
    public bool Has(string name) => _io.Find(name) is not null;

    /// <summary>Names of inputs and outputs.</summary>
    public IEnumerable<string> Tensors => _io.Tensors.Select(tensor => tensor.Name);

    /// <summary>The shape of an input or an output.</summary>
    public int[] ShapeOf(string name) => [.. _io.Find(name)!.Shape.Select(extent => (int)extent)];

    /// <summary>Its numbers.</summary>
    public double[] Read(string name)
    {
        SafetensorsEntry tensor = _io.Find(name) ?? throw new ArgumentException($"{Name} has no '{name}'.");
        var values = new double[tensor.Count];
        _io.CopyTo(tensor, values);
        return values;
    }

    /// <summary>Its whole numbers.</summary>
    public int[] ReadIntegers(string name)
    {
        var values = new long[_io.Find(name)!.Count];
        _io.CopyTo(_io.Find(name)!, values);
        return [.. values.Select(value => (int)value)];
    }

    /// <summary>Greatest |a - b| / (tolerance (1 + |b|)): at most 1 for values that agree.</summary>
    public static double Misfit(ReadOnlySpan<double> actual, ReadOnlySpan<double> expected, double tolerance)
    {
        if (actual.Length != expected.Length)
        {
            return double.PositiveInfinity;
        }

        double worst = 0.0;
        for (int i = 0; i < actual.Length; i++)
        {
            double misfit = Math.Abs(actual[i] - expected[i]) / (tolerance * (1.0 + Math.Abs(expected[i])));
            worst = double.IsNaN(misfit) ? double.PositiveInfinity : Math.Max(worst, misfit);
        }

        return worst;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
