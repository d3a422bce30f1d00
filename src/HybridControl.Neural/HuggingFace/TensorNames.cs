namespace HybridControl.Neural.HuggingFace;

/// <summary>Which tensor of a checkpoint each parameter of a stack is: filled by the adapter of an architecture.</summary>
public sealed class TensorNames
{
    private readonly Dictionary<string, TensorRule> _rules = new(StringComparer.Ordinal);
    private readonly HashSet<string> _left = new(StringComparer.Ordinal);

    /// <summary>The rules, by the stack's names.</summary>
    public IReadOnlyDictionary<string, TensorRule> Rules => _rules;

    /// <summary>Tensors that no part uses and that are no sign of another model.</summary>
    public IReadOnlySet<string> Left => _left;

    /// <summary>Lets a tensor be there without any use.</summary>
    public void Leave(string tensor) => _left.Add(tensor);

    /// <summary>Enters a parameter that is a whole tensor.</summary>
    /// <param name="parameter">Its name in the stack.</param>
    /// <param name="tensor">Its name in the checkpoint.</param>
    public void Map(string parameter, string tensor) => Map(parameter, new TensorRule(tensor));

    /// <summary>Enters a parameter that is part of a tensor.</summary>
    public void Map(string parameter, TensorRule rule) => _rules.Add(parameter, rule);

    /// <summary>Enters several parameters that are called alike but for what stands before.</summary>
    /// <param name="place">What stands before in the stack.</param>
    /// <param name="prefix">What stands before in the checkpoint.</param>
    /// <param name="names">The common rest, or <c>here=there</c> where the rests differ.</param>
    public void Map(string place, string prefix, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            string[] sides = name.Split('=');
            Map($"{place}.{sides[0]}", $"{prefix}.{sides[^1]}");
        }
    }
}
