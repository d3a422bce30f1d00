namespace HybridControl.Requirements;

/// <summary>What a run says about a requirement.</summary>
public enum Verdict
{
    /// <summary>It is met, however the run may go on.</summary>
    Satisfied,

    /// <summary>It is not met, however the run may go on.</summary>
    Violated,

    /// <summary>The run ends before it is decided, or a value is not finite.</summary>
    Undecided,
}
