using System.Collections.Immutable;

namespace HybridControl.Diagnostics;

/// <summary>Collects findings while something is checked.</summary>
internal sealed class FindingList
{
    private readonly ImmutableArray<Finding>.Builder _findings = ImmutableArray.CreateBuilder<Finding>();

    /// <summary>How many findings there are so far.</summary>
    public int Count => _findings.Count;

    /// <summary>Whether anything makes the model unusable.</summary>
    public bool HasErrors => _findings.Any(finding => finding.Severity == Severity.Error);

    /// <summary>Adds something that makes the model unusable.</summary>
    public void Error(string where, string what, string mend) => _findings.Add(new(where, what, mend));

    /// <summary>Adds something that is allowed but probably not meant.</summary>
    public void Warn(string where, string what, string mend) => _findings.Add(new(where, what, mend, Severity.Warning));

    /// <summary>The findings, in the order in which they were added.</summary>
    public ImmutableArray<Finding> ToImmutable() => _findings.ToImmutable();
}
