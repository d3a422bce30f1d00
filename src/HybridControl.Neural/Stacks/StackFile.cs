using System.Collections.Immutable;
using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.HuggingFace;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Tensors;
using HybridControl.Serialization;

namespace HybridControl.Neural.Stacks;

/// <summary>Keeps a stack in a folder: <c>stack.json</c> says what it is made of, <c>model.safetensors</c> holds its parameters by the stack's own names.</summary>
/// <remarks>Kinds of layers are told apart by <c>kind</c>, keys are the properties of the descriptions with a small first letter.</remarks>
public static class StackFile
{
    /// <summary>Name of the description in its folder.</summary>
    public const string DescriptionName = "stack.json";

    private const string WeightsName = "model.safetensors";

    /// <summary>A description as JSON.</summary>
    public static string Write(StackDescription description) =>
        JsonSerializer.Serialize(new StackHeader { Format = StackHeader.Known, Stack = description }, StackJson.Default.StackHeader);

    /// <summary>Reads a description.</summary>
    /// <param name="json">The text.</param>
    /// <param name="where">What findings call it.</param>
    /// <exception cref="ModelException">It is not sound; carries every finding.</exception>
    public static StackDescription Read(string json, string where)
    {
        StackHeader? header;
        try
        {
            header = JsonSerializer.Deserialize(json, StackJson.Default.StackHeader);
        }
        catch (Exception fault) when (fault is JsonException or NotSupportedException)
        {
            throw new ModelException(
                fault is JsonException { Path: { Length: > 1 } path } ? $"{where}, {path[2..]}" : where, $"it is not the description of a stack: {fault.Message}", "");
        }

        if (header?.Format != StackHeader.Known)
        {
            throw new ModelException($"{where}, format", $"'{header?.Format}' is unknown", $"This reader knows {StackHeader.Known}.");
        }

        ImmutableArray<Finding> findings = header.Stack.Check();
        return findings.IsEmpty ? header.Stack : throw new ModelException([.. findings.Select(finding => finding with { Where = $"{where}, {finding.Where}" })]);
    }

    /// <summary>Reads the description of a folder.</summary>
    /// <exception cref="ModelException">It cannot be read, or is not sound; carries every finding.</exception>
    public static StackDescription LoadDescription(string folder)
    {
        string path = Path.Combine(folder, DescriptionName);
        try
        {
            return Read(File.ReadAllText(path), path);
        }
        catch (Exception fault) when (DurableFile.IsFault(fault))
        {
            throw DurableFile.Unreadable(path, fault);
        }
    }

    /// <summary>Writes a stack: first its parameters, then its description, each whole or not at all.</summary>
    /// <param name="folder">The folder, which is made if there is none.</param>
    /// <param name="description">What it is made of.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="type">How their numbers are kept.</param>
    /// <exception cref="ModelException">The description is not sound, a parameter is missing or has another shape, or a file cannot be written.</exception>
    public static void Save(string folder, StackDescription description, IParameterSource parameters, TensorType type = TensorType.F32)
    {
        var findings = new FindingList();
        var writer = new SafetensorsWriter();
        foreach (ParameterShape shape in ParameterShape.AllOf(description))
        {
            IMatrixSource? source = parameters.Find(shape.Name, shape.Rows, shape.Columns);
            if (source is null || source.Rows != shape.Rows || source.Columns != shape.Columns)
            {
                findings.Error($"{parameters.Name}, {shape.Name}", $"there is no such parameter of {shape.Rows} x {shape.Columns}", "The parameters belong to another stack.");
                continue;
            }

            writer.Add(shape.Name, type, [shape.Rows, shape.Columns], source);
        }

        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }

        Directory.CreateDirectory(folder);
        writer.Save(Path.Combine(folder, WeightsName));
        string json = Write(description);
        DurableFile.Write(Path.Combine(folder, DescriptionName), stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(json)));
    }

    /// <summary>Reads the stack of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="backend">Where it runs; the caller keeps it.</param>
    /// <param name="format">How matrices are kept.</param>
    /// <exception cref="ModelException">A file cannot be read, or tensors are missing, not used or of other shapes; carries every finding.</exception>
    public static LayerStack Load(string folder, ITensorBackend backend, WeightFormat format = WeightFormat.Native)
    {
        StackDescription description = LoadDescription(folder);
        var names = new TensorNames();
        foreach (ParameterShape shape in ParameterShape.AllOf(description))
        {
            names.Map(shape.Name, shape.Name);
        }

        using SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.Open(folder);
        var findings = new FindingList();
        var parameters = new CheckpointParameters(checkpoint, names, findings);
        return StackBuilder.Build(description, parameters, backend, format, findings, parameters.Conclude);
    }
}
