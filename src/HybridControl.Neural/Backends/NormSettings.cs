namespace HybridControl.Neural.Backends;

/// <summary>A norm over rows.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Epsilon">Added to the mean square or the variance.</param>
/// <param name="GroupWidth">Entries of a row that are normalised together; 0 for all.</param>
/// <param name="Order">Where the gate stands.</param>
public readonly record struct NormSettings(NormKind Kind, double Epsilon, int GroupWidth = 0, GateOrder Order = GateOrder.None);
