using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Neural.Safetensors;

/// <summary>Takes tensors of known shapes out of a file and collects what does not fit.</summary>
internal sealed class TensorReader(SafetensorsFile file, string where)
{
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    public FindingList Findings { get; } = new();

    /// <summary>The entries of a tensor; none if there is a finding. No room is made for what the file does not hold.</summary>
    public double[] Read(string name, params ReadOnlySpan<long> shape)
    {
        if (Find(name, shape, TensorType.F64, TensorType.F32) is not { } tensor)
        {
            return [];
        }

        var values = new double[tensor.Count];
        Copy(tensor, values);
        return values;
    }

    /// <summary>The entries of a tensor of whole numbers; none if there is a finding.</summary>
    public long[] ReadWhole(string name, params ReadOnlySpan<long> shape)
    {
        if (Find(name, shape, TensorType.I64) is not { } tensor)
        {
            return [];
        }

        var values = new long[tensor.Count];
        file.CopyTo(tensor, values);
        return values;
    }

    /// <summary>Writes the entries of a tensor; leaves the target if there is a finding.</summary>
    public void Read(string name, ReadOnlySpan<long> shape, Span<double> target)
    {
        if (Find(name, shape, TensorType.F64, TensorType.F32) is { } tensor)
        {
            Copy(tensor, target);
        }
    }

    private SafetensorsEntry? Find(string name, ReadOnlySpan<long> shape, params ReadOnlySpan<TensorType> types)
    {
        _read.Add(name);
        string place = $"{where}, {name}";
        string expected = string.Join(" x ", shape.ToArray());
        if (file.Find(name) is not { } tensor)
        {
            Findings.Error(place, $"the tensor is missing; it should be {expected}", Suggestions.For(name, file.Tensors.Select(other => other.Name)));
        }
        else if (!types.Contains(tensor.Type))
        {
            Findings.Error(place, $"its format is {TensorTypes.NameOf(tensor.Type)}", $"Write it as {TensorTypes.NameOf(types[0])}.");
        }
        else if (!tensor.Shape.AsSpan().SequenceEqual(shape))
        {
            Findings.Error(place, $"it is {tensor.ShapeText}, and should be {expected}", "Take a file of this size.");
        }
        else
        {
            return tensor;
        }

        return null;
    }

    private void Copy(SafetensorsEntry tensor, Span<double> target)
    {
        file.CopyTo(tensor, target);
        if (!Dense.IsFinite(target))
        {
            Findings.Error($"{where}, {tensor.Name}", "a number is NaN or infinite", "Train anew: the file holds what no training keeps.");
        }
    }

    /// <summary>Adds a finding for each tensor that nothing has read.</summary>
    public void RefuseOthers()
    {
        foreach (SafetensorsEntry tensor in file.Tensors)
        {
            if (!_read.Contains(tensor.Name))
            {
                Findings.Error($"{where}, {tensor.Name}", "the tensor belongs to no part of what is read", "Take a file that holds this and nothing else.");
            }
        }
    }
}
