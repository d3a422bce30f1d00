namespace HybridControl.Ensembles.Falsification;

/// <summary>Something that a falsification may choose, within bounds.</summary>
/// <param name="Name">Name of the quantity.</param>
/// <param name="Low">Its least value.</param>
/// <param name="High">Its greatest value.</param>
public abstract record SearchedQuantity(string Name, double Low, double High)
{
    /// <summary>How many numbers it takes.</summary>
    public virtual int Dimensions => 1;
}
