using HybridControl.Diagnostics;

namespace HybridControl.Cli;

/// <summary>The command line cannot be carried out as written.</summary>
internal sealed class UsageException : Exception
{
    public UsageException(string where, string what, string mend)
        : this([new Finding(where, what, mend)])
    {
    }

    public UsageException(IReadOnlyList<Finding> findings)
        : base(string.Join('\n', findings)) => Findings = findings;

    public IReadOnlyList<Finding> Findings { get; }
}
