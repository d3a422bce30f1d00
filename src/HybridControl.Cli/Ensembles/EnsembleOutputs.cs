using HybridControl.Ensembles;

namespace HybridControl.Cli.Ensembles;

/// <summary>The tables of a run, each in a file of its own: trajectories, and if asked for grid samples and events.</summary>
internal sealed class EnsembleOutputs : IDisposable
{
    private readonly List<(string Title, string Path, BlockTable Table, ITableWriter Writer)> _tables = [];

    /// <summary>Begins the files.</summary>
    /// <param name="path">The file of trajectories, .csv or .parquet; null for no files.</param>
    /// <param name="layout">The columns.</param>
    /// <param name="grid">Whether grid samples are written, beside it.</param>
    /// <param name="events">Whether events are written, beside it.</param>
    public EnsembleOutputs(string? path, EnsembleLayout layout, bool grid, bool events)
    {
        if (path is null)
        {
            return;
        }

        try
        {
            Begin("Trajectories", path, BlockTable.Trajectories(layout));
            if (grid)
            {
                Begin("Grid samples", Beside(path, "grid"), BlockTable.Grid(layout));
            }

            if (events)
            {
                Begin("Events", Beside(path, "events"), BlockTable.Events(layout));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The titles and paths of the files.</summary>
    public IEnumerable<(string Title, string Path)> Files => _tables.Select(table => (table.Title, table.Path));

    /// <summary>The name of a file beside another: results.csv and "grid" give results.grid.csv.</summary>
    public static string Beside(string path, string kind) => Path.ChangeExtension(path, kind + Path.GetExtension(path));

    /// <summary>Writes a block.</summary>
    public void Add(EnsembleBlock block)
    {
        foreach ((_, _, BlockTable table, ITableWriter writer) in _tables)
        {
            writer.Add(table.Read(block));
        }
    }

    /// <summary>Gives the files their names.</summary>
    public void Complete()
    {
        foreach ((_, _, _, ITableWriter writer) in _tables)
        {
            writer.Complete();
        }
    }

    public void Dispose()
    {
        foreach ((_, _, _, ITableWriter writer) in _tables)
        {
            writer.Dispose();
        }
    }

    private void Begin(string title, string path, BlockTable table) => _tables.Add((title, path, table,
        OutputFile.Has(path, ".parquet") ? new ParquetTableWriter(path, table.Columns) : new CsvTableWriter(path, table.Columns)));
}
