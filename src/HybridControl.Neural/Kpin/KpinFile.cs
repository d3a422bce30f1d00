using System.Collections.Immutable;
using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Safetensors;

namespace HybridControl.Neural.Kpin;

/// <summary>A trained network in one safetensors file: tensors of the weights and of the design, its sizes and settings as JSON beside them.</summary>
/// <remarks>
/// The JSON is the text <c>kpin</c> of the metadata. Weights keep every bit. A file is read only if it holds exactly the tensors
/// that its own description asks for.
/// </remarks>
public static class KpinFile
{
    private const string MetadataName = "kpin";
    private const int Version = 1;

    /// <summary>Writes a network.</summary>
    /// <exception cref="ModelException">The file cannot be written.</exception>
    public static void Save(string path, KpinNetwork network) => Write(network).Save(path);

    /// <summary>The file of a network, to write anywhere.</summary>
    public static SafetensorsWriter Write(KpinNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        SafetensorsWriter writer = new SafetensorsWriter().Note(MetadataName, JsonSerializer.Serialize(KpinHeader.Of(network, Version), KpinJson.Default.KpinHeader));
        foreach (Parameter parameter in network.Parameters.Parameters)
        {
            writer.Add(parameter.Name, [parameter.Rows, parameter.Columns], network.Parameters.ValuesOf(parameter));
        }

        foreach ((string name, long[] shape, double[] values) in KpinTensors.Of(network.Design))
        {
            writer.Add(name, shape, values);
        }

        return writer;
    }

    /// <summary>Reads a network.</summary>
    /// <exception cref="ModelException">The file is not sound or not a KPIN; with every finding.</exception>
    public static KpinNetwork Load(string path)
    {
        using var file = SafetensorsFile.Load(path);
        return Read(file, path);
    }

    /// <summary>Reads a network and refuses one that was made for another model.</summary>
    /// <exception cref="ModelException">The file is not sound, not a KPIN, or does not fit the model; with every finding.</exception>
    public static KpinNetwork Load(string path, TransitionModel transition, MeasurementModel sensor)
    {
        KpinNetwork network = Load(path);
        network.Check(transition, sensor);
        return network;
    }

    /// <summary>Reads a network from tensors.</summary>
    /// <param name="file">The tensors.</param>
    /// <param name="where">What findings call them.</param>
    /// <exception cref="ModelException">They are not a KPIN; with every finding.</exception>
    public static KpinNetwork Read(SafetensorsFile file, string where)
    {
        ArgumentNullException.ThrowIfNull(file);
        KpinHeader header = ReadHeader(file, where);
        var tensors = new TensorReader(file, where);
        KpinDesign? design = KpinTensors.Read(header, tensors);
        if (design is not null && header.WeightsOf(design) > file.Tensors.Sum(tensor => tensor.Count))
        {
            throw new ModelException(
                $"{where}, {MetadataName}", $"it describes {header.WeightsOf(design)} weights, more numbers than the file holds", "The file is damaged.");
        }

        KpinNetwork? network = design is null ? null : new KpinNetwork(design, header.Noises, seed: 0, header.Hidden.AsSpan());
        if (network is not null)
        {
            foreach (Parameter parameter in network.Parameters.Parameters)
            {
                tensors.Read(parameter.Name, [parameter.Rows, parameter.Columns], network.Parameters.ValuesOf(parameter));
            }

            tensors.RefuseOthers();
        }

        return tensors.Findings.Count == 0 && network is not null ? network : throw new ModelException(tensors.Findings.ToImmutable());
    }

    private static KpinHeader ReadHeader(SafetensorsFile file, string where)
    {
        if (!file.Metadata.TryGetValue(MetadataName, out string? text))
        {
            throw new ModelException(where, $"its metadata hold no '{MetadataName}'", "Give a file that hybrid train kpin has written.");
        }

        KpinHeader? header;
        try
        {
            header = JsonSerializer.Deserialize(text, KpinJson.Default.KpinHeader);
        }
        catch (JsonException fault)
        {
            throw new ModelException($"{where}, {MetadataName}", $"not sound JSON: {fault.Message}", "The file is damaged.");
        }

        ImmutableArray<Finding> findings = header is null ? [new($"{where}, {MetadataName}", "it is null")] : header.Check($"{where}, {MetadataName}", Version);
        return findings.IsEmpty ? header! : throw new ModelException(findings);
    }
}
