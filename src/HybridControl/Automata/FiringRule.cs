namespace HybridControl.Automata;

/// <summary>When an enabled transition fires.</summary>
public abstract record FiringRule
{
    /// <summary>As soon as the guard is enabled, also on entry to the mode and at the start. The default.</summary>
    public static FiringRule Urgent { get; } = new UrgentRule();
}
