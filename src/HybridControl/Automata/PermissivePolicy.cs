namespace HybridControl.Automata;

/// <summary>When a transition fires that may, but need not.</summary>
public enum PermissivePolicy
{
    /// <summary>As soon as it is enabled, like an urgent one.</summary>
    Asap,

    /// <summary>As late as possible: at the instant at which the invariant of the mode is left while the guard is enabled.</summary>
    Alap,

    /// <summary>
    /// A random time after the guard became enabled, exponentially distributed; cancelled when the guard drops out or the
    /// mode is left, and at the latest when the invariant is left while the guard is enabled.
    /// </summary>
    Random,
}
