namespace HybridControl.Cli.Ensembles;

/// <summary>A column of a table of results.</summary>
/// <param name="Name">Its heading.</param>
/// <param name="Type">double, long or string; the entries of a batch are an array of it.</param>
internal sealed record TableColumn(string Name, Type Type);
