namespace HybridControl.Automata;

/// <summary>When the expressions of a reset are evaluated.</summary>
public enum ResetValues
{
    /// <summary>When the transition executes, after earlier jumps of the same instant.</summary>
    AtExecution,

    /// <summary>When the transition became due.</summary>
    AtTrigger,
}
