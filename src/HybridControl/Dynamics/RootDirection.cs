namespace HybridControl.Dynamics;

/// <summary>How a condition changes as time increases, whichever way the problem is solved.</summary>
public enum RootDirection
{
    /// <summary>From false to true.</summary>
    Up,

    /// <summary>From true to false.</summary>
    Down,

    /// <summary>Either.</summary>
    Both,
}
