using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.HuggingFace;

/// <summary>Parameters of a stack out of a checkpoint, by the rules of an adapter. Remembers which rows of which tensors were used.</summary>
internal sealed class CheckpointParameters(SafetensorsCheckpoint checkpoint, TensorNames names, FindingList? findings = null) : IParameterSource
{
    private readonly Dictionary<string, TensorUse> _used = new(StringComparer.Ordinal);
    private readonly FindingList _findings = findings ?? new();
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);

    public string Name => checkpoint.Where;

    public bool Has(string name) => RuleOf(name) is { } rule && Missing(rule) is null;

    public IMatrixSource? Find(string name, int rows, int columns)
    {
        if (RuleOf(name) is not { } rule || Missing(rule) is not null)
        {
            return null;
        }

        var parts = new List<IMatrixSource>();
        for (TensorRule? part = Present(rule); part is not null; part = part.Below is null ? null : Present(part.Below))
        {
            if (PartOf(name, part, rule.Below is null ? 0 : columns) is not { } source)
            {
                return MatrixSources.Zeros(name, rows, columns);
            }

            parts.Add(source);
        }

        return parts.Count == 1 ? parts[0] : MatrixSources.Stack(name, [.. parts]);
    }

    public string OriginOf(string name)
    {
        if (RuleOf(name) is not { } rule)
        {
            return name;
        }

        var tensors = new List<string>();
        for (TensorRule? part = Present(rule); part is not null; part = part.Below is null ? null : Present(part.Below))
        {
            tensors.Add(part.Tensor);
        }

        return Missing(rule) ?? string.Join(" + ", tensors);
    }

    /// <summary>
    /// When all parameters have been asked for: tells tensors or rows that none of them uses, a sign that the checkpoint is another
    /// model than the configuration says.
    /// </summary>
    /// <param name="target">Takes them, and what was found before if that went elsewhere.</param>
    public void Conclude(FindingList target)
    {
        if (!ReferenceEquals(target, _findings))
        {
            foreach (Finding finding in _findings.ToImmutable())
            {
                target.Error(finding.Where, finding.What, finding.Mend);
            }
        }

        foreach (SafetensorsEntry tensor in checkpoint.Tensors)
        {
            if (_refused.Contains(tensor.Name))
            {
                continue;
            }

            if (!_used.TryGetValue(tensor.Name, out TensorUse? use))
            {
                if (!names.Left.Contains(tensor.Name))
                {
                    Refuse(target, tensor.Name, $"no part of the model uses this tensor of {tensor.ShapeText}");
                }
            }
            else if (use.Parts.Values.Sum() is var rows && rows < use.Rows)
            {
                Refuse(target, tensor.Name, string.Create(CultureInfo.InvariantCulture, $"of this tensor of {tensor.ShapeText}, seen as {use.Rows} rows, only {rows} are used"));
            }
        }
    }

    private TensorRule? RuleOf(string name) => names.Rules.GetValueOrDefault(name);

    /// <summary>The rule, or the one that stands in for it where the checkpoint lacks its tensor.</summary>
    private TensorRule Present(TensorRule rule)
    {
        TensorRule present = rule;
        while (checkpoint.Find(present.Tensor) is null && present.Otherwise is not null)
        {
            present = present.Otherwise;
        }

        return checkpoint.Find(present.Tensor) is null ? rule : present;
    }

    /// <summary>The first tensor of a rule that the checkpoint lacks, or null.</summary>
    private string? Missing(TensorRule rule)
    {
        for (TensorRule? part = Present(rule); part is not null; part = part.Below is null ? null : Present(part.Below))
        {
            if (checkpoint.Find(part.Tensor) is null)
            {
                return part.Tensor;
            }
        }

        return null;
    }

    private IMatrixSource? PartOf(string parameter, TensorRule rule, int columns)
    {
        SafetensorsEntry tensor = checkpoint.Find(rule.Tensor)!;
        if (rule.Columns > 0 && !EndsWith(tensor, rule.Columns))
        {
            Refuse(_findings, rule.Tensor, string.Create(CultureInfo.InvariantCulture, $"its shape is {tensor.ShapeText}; its last axes should make {rule.Columns} numbers"));
            return null;
        }

        IMatrixSource whole = rule.Columns > 0 ? checkpoint.Matrix(rule.Tensor, rule.Columns) : checkpoint.Matrix(rule.Tensor);
        whole = rule.Transposed ? whole.Transposed() : whole;
        if (columns > 0 && whole.Columns != columns)
        {
            Refuse(_findings, rule.Tensor, string.Create(CultureInfo.InvariantCulture, $"its shape is {tensor.ShapeText}; rows of {columns} are expected"));
            return null;
        }

        if (!rule.Fits(whole.Rows))
        {
            Refuse(_findings, rule.Tensor, string.Create(
                CultureInfo.InvariantCulture,
                $"its shape is {tensor.ShapeText}, {whole.Rows} rows of {whole.Columns}; '{parameter}' is {rule.CountOf(whole.Rows)} rows from {rule.FirstRow} on"));
            return null;
        }

        if (!_used.TryGetValue(rule.Tensor, out TensorUse? use))
        {
            _used[rule.Tensor] = use = new(whole.Rows);
        }

        use.Parts[parameter] = rule.CountOf(whole.Rows);
        return rule.Apply(whole);
    }

    private static bool EndsWith(SafetensorsEntry tensor, long columns)
    {
        long product = 1;
        for (int axis = tensor.Shape.Length - 1; axis >= 0 && product < columns; axis--)
        {
            product *= tensor.Shape[axis];
        }

        return product == columns;
    }

    /// <summary>Once for each tensor, however many parameters are parts of it.</summary>
    private void Refuse(FindingList target, string tensor, string what)
    {
        if (_refused.Add(tensor))
        {
            target.Error($"{Name}, {tensor}", what, "The file does not belong to this configuration.");
        }
    }

    private sealed record TensorUse(int Rows)
    {
        public Dictionary<string, int> Parts { get; } = new(StringComparer.Ordinal);
    }
}
