using HybridControl.Diagnostics;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.HuggingFace;

/// <summary>Parameters of a stack out of a checkpoint, by the rules of an adapter. Remembers which tensors were used.</summary>
internal sealed class CheckpointParameters(SafetensorsCheckpoint checkpoint, TensorNames names) : IParameterSource
{
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    public string Name => checkpoint.Where;

    public bool Has(string name) => names.Rules.TryGetValue(name, out TensorRule? rule) && checkpoint.Find(rule.Tensor) is not null;

    public IMatrixSource? Find(string name, int rows, int columns)
    {
        if (!names.Rules.TryGetValue(name, out TensorRule? rule) || checkpoint.Find(rule.Tensor) is not { } tensor)
        {
            return null;
        }

        _used.Add(rule.Tensor);

        // A tensor that the rule does not fit is handed on whole: its shape is then what the loader complains of.
        return rule.Columns > 0 && tensor.Count % rule.Columns != 0
            ? checkpoint.Matrix(rule.Tensor)
            : rule.Apply(rule.Columns > 0 ? checkpoint.Matrix(rule.Tensor, rule.Columns) : checkpoint.Matrix(rule.Tensor));
    }

    public string OriginOf(string name) => names.Rules.TryGetValue(name, out TensorRule? rule) ? rule.Tensor : name;

    /// <summary>Refuses tensors that no parameter uses: a sign that the checkpoint is another model than the configuration says.</summary>
    public void CheckAllUsed(FindingList findings)
    {
        foreach (SafetensorsEntry tensor in checkpoint.Tensors)
        {
            if (!_used.Contains(tensor.Name) && !names.Left.Contains(tensor.Name))
            {
                findings.Error(
                    $"{checkpoint.Where}, {tensor.Name}",
                    $"no part of the model uses this tensor of {string.Join(" x ", tensor.Shape)}",
                    "The file does not belong to this configuration.");
            }
        }
    }
}
