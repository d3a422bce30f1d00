namespace HybridControl.Cli.Ensembles;

/// <summary>Some rows of a table, by column.</summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">For each column an array of its type with as many entries.</param>
internal sealed record TableBatch(int Rows, Array[] Columns);
