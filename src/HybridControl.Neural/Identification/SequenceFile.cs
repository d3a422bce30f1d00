using System.Collections.Immutable;
using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Safetensors;
using HybridControl.Numerics;

namespace HybridControl.Neural.Identification;

/// <summary>An identified stack in one safetensors file: its parameters by the names of the stack, and sizes, names and units as JSON beside them.</summary>
public static class SequenceFile
{
    private const string MetadataName = "ssm_stack";
    private const int Version = 1;
    private const int Largest = 1024;

    /// <summary>Writes a system. Numbers keep every bit.</summary>
    /// <exception cref="ModelException">The file cannot be written.</exception>
    public static void Save(string path, SequenceSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        var header = new SequenceHeader
        {
            Version = Version,
            Layers = system.Layers,
            Width = system.Model.Description.Width,
            Modes = system.Modes,
            SamplePeriod = system.SamplePeriod,
            Inputs = system.InputNames,
            Outputs = system.OutputNames,
            InputCenter = system.InputCenter,
            InputScale = system.InputScale,
            OutputCenter = system.OutputCenter,
            OutputScale = system.OutputScale,
        };
        SafetensorsWriter writer = new SafetensorsWriter().Note(MetadataName, JsonSerializer.Serialize(header, SsmJson.Default.SequenceHeader));
        foreach (Parameter parameter in system.Model.Parameters.Parameters)
        {
            writer.Add(parameter.Name, [parameter.Rows, parameter.Columns], system.Model.Parameters.ValuesOf(parameter));
        }

        writer.Save(path);
    }

    /// <summary>Reads a system.</summary>
    /// <exception cref="ModelException">The file is not sound or no identified stack; with every finding.</exception>
    public static SequenceSystem Load(string path)
    {
        SafetensorsFile file = SafetensorsFile.Load(path);
        SequenceHeader header = ReadHeader(file, path);
        var model = new SequenceModel(SequenceSystem.Describe(header.Inputs.Length, header.Outputs.Length, header.Layers, header.Width, header.Modes));
        var reader = new TensorReader(file, path);
        foreach (Parameter parameter in model.Parameters.Parameters)
        {
            reader.Read(parameter.Name, [parameter.Rows, parameter.Columns], model.Parameters.ValuesOf(parameter));
        }

        reader.RefuseOthers();
        return reader.Findings.Count > 0 ? throw new ModelException(reader.Findings.ToImmutable()) : new(
            model, header.SamplePeriod, header.Inputs, header.Outputs, header.InputCenter, header.InputScale, header.OutputCenter, header.OutputScale);
    }

    private static SequenceHeader ReadHeader(SafetensorsFile file, string path)
    {
        if (!file.Metadata.TryGetValue(MetadataName, out string? text))
        {
            throw new ModelException(path, $"its metadata hold no '{MetadataName}'", "Give a file that hybrid train ssm --layers has written.");
        }

        SequenceHeader? header;
        try
        {
            header = JsonSerializer.Deserialize(text, SsmJson.Default.SequenceHeader);
        }
        catch (JsonException fault)
        {
            throw new ModelException($"{path}, {MetadataName}", $"not sound JSON: {fault.Message}", "The file is damaged.");
        }

        return header is not null && IsSound(header)
            ? header
            : throw new ModelException($"{path}, {MetadataName}", "its version is unknown, or sizes, names and numbers do not fit together", "Identify the system anew.");
    }

    private static bool IsSound(SequenceHeader header) =>
        header.Version == Version && header.SamplePeriod > 0.0 && double.IsFinite(header.SamplePeriod) &&
        header.Layers is > 0 and <= 64 && header.Width is > 0 and <= Largest && header.Modes is > 0 and <= Largest &&
        !header.Inputs.IsDefaultOrEmpty && !header.Outputs.IsDefaultOrEmpty &&
        Fits(header.InputCenter, header.Inputs) && Fits(header.InputScale, header.Inputs) && !header.InputScale.Contains(0.0) &&
        Fits(header.OutputCenter, header.Outputs) && Fits(header.OutputScale, header.Outputs);

    private static bool Fits(ImmutableArray<double> values, ImmutableArray<string> names) =>
        !values.IsDefault && values.Length == names.Length && Dense.IsFinite(values.AsSpan());
}
