using System.Collections.Immutable;

namespace HybridControl.Diagnostics;

/// <summary>A model, a file or an option cannot be used. Carries every finding, not just the first.</summary>
public sealed class ModelException : Exception
{
    /// <summary>Creates the exception for one finding.</summary>
    public ModelException(string where, string what, string mend = "")
        : this([new Finding(where, what, mend)])
    {
    }

    /// <summary>Creates the exception for many findings.</summary>
    public ModelException(IReadOnlyCollection<Finding> findings)
        : base(string.Join(Environment.NewLine, findings)) => Findings = [.. findings];

    /// <summary>Every finding, in the order of the model.</summary>
    public ImmutableArray<Finding> Findings { get; }
}
