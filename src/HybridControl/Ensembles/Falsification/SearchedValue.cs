namespace HybridControl.Ensembles.Falsification;

/// <summary>A parameter, initial state, initial discrete variable or input that is held through the run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Low">Its least value.</param>
/// <param name="High">Its greatest value.</param>
public sealed record SearchedValue(string Name, double Low, double High) : SearchedQuantity(Name, Low, High);
