namespace HybridControl.Cli.Ensembles;

/// <summary>Writes a table row by row in bounded memory; the file appears when it is complete.</summary>
internal interface ITableWriter : IDisposable
{
    /// <summary>Appends rows.</summary>
    void Add(TableBatch batch);

    /// <summary>Gives the file its name.</summary>
    void Complete();
}
