namespace HybridControl.Requirements;

/// <summary>A run does not meet a requirement, or ends before that is decided; the message says when, where and why.</summary>
public sealed class RequirementException : Exception
{
    /// <summary>Creates the exception for a result.</summary>
    public RequirementException(RequirementResult result)
        : base(result?.ToString()) => Result = result!;

    /// <summary>The verdict, with its witness.</summary>
    public RequirementResult Result { get; }
}
