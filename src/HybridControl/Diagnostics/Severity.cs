namespace HybridControl.Diagnostics;

/// <summary>How much a finding matters.</summary>
public enum Severity
{
    /// <summary>The model can be used, but probably does not mean what was intended.</summary>
    Warning,

    /// <summary>The model cannot be used.</summary>
    Error,
}
