using HybridControl.Diagnostics;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.HuggingFace;

/// <summary>Parameters of a stack out of a checkpoint, by the rules of an adapter. Remembers which tensors were used.</summary>
internal sealed class CheckpointParameters(string where, SafetensorsFile file, TensorNames names) : IParameterSource
{
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    public string Name => where;

    public bool Has(string name) => names.Rules.TryGetValue(name, out TensorRule? rule) && file.Find(rule.Tensor) is not null;

    public IMatrixSource? Find(string name, int rows, int columns)
    {
        if (!names.Rules.TryGetValue(name, out TensorRule? rule) || file.Find(rule.Tensor) is not { } tensor)
        {
            return null;
        }

        _used.Add(rule.Tensor);
        int width = rule.Columns > 0 ? rule.Columns : tensor.Shape.Length == 1 ? (int)tensor.Count : (int)(tensor.Count / Math.Max(tensor.Shape[0], 1));
        var values = new double[tensor.Count];
        file.CopyTo(tensor, values);
        return rule.Apply(MatrixSources.Of(rule.Tensor, values, (int)(tensor.Count / width), width));
    }

    public string OriginOf(string name) => names.Rules.TryGetValue(name, out TensorRule? rule) ? rule.Tensor : name;

    /// <summary>Refuses tensors that no parameter uses: a sign that the checkpoint is another model than the configuration says.</summary>
    public void CheckAllUsed(FindingList findings)
    {
        foreach (SafetensorsEntry tensor in file.Tensors)
        {
            if (!_used.Contains(tensor.Name) && !names.Left.Contains(tensor.Name))
            {
                findings.Error(
                    $"{where}, {tensor.Name}", $"no part of the model uses this tensor of {string.Join(" x ", tensor.Shape)}", "The file does not belong to this configuration.");
            }
        }
    }
}
