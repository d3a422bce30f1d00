namespace HybridControl.Automata;

/// <summary>Which change of a guard fires an edge transition.</summary>
public enum EdgeDirection
{
    /// <summary>From disabled to enabled.</summary>
    Up,

    /// <summary>From enabled to disabled.</summary>
    Down,

    /// <summary>Either.</summary>
    Both,
}
