namespace HybridControl.Neural.Backends;

/// <summary>How the entries of a row are brought to one scale.</summary>
public enum NormKind
{
    /// <summary>Divided by their root mean square.</summary>
    RootMeanSquare,

    /// <summary>Their mean is taken away, then they are divided by their standard deviation.</summary>
    Layer,
}
