namespace HybridControl.Ensembles.Falsification;

/// <summary>A command that is given once, at a time that is searched.</summary>
/// <param name="Name">Label of the command.</param>
/// <param name="Low">The earliest time in seconds.</param>
/// <param name="High">The latest time.</param>
public sealed record SearchedCommand(string Name, double Low, double High) : SearchedQuantity(Name, Low, High);
