using System.Collections.Immutable;
using HybridControl.Serialization;
using Parquet;
using Parquet.Schema;

namespace HybridControl.Cli.Ensembles;

/// <summary>Writes a table as Apache Parquet, a row group for every 64 blocks or so.</summary>
internal sealed class ParquetTableWriter : ITableWriter
{
    private const int RowsOfGroup = 1 << 16;

    private readonly string _path;
    private readonly DurableFile _file;
    private readonly ImmutableArray<TableColumn> _columns;
    private readonly ParquetSchema _schema;
    private readonly ParquetWriter _writer;
    private readonly List<TableBatch> _waiting = [];
    private int _rows;
    private bool _isClosed;

    public ParquetTableWriter(string path, ImmutableArray<TableColumn> columns)
    {
        _path = Path.GetFullPath(path);
        _columns = columns;
        _schema = new ParquetSchema(columns.Select(FieldOf));
        _file = DurableFile.Create(Path.GetDirectoryName(_path)!);
        _writer = Guarded(ParquetWriter.CreateAsync(_schema, _file.Stream));
    }

    public void Add(TableBatch batch)
    {
        _waiting.Add(batch);
        _rows += batch.Rows;
        if (_rows >= RowsOfGroup)
        {
            WriteGroup();
        }
    }

    public void Complete()
    {
        WriteGroup();
        Close();
        _file.Publish(Path.GetFileName(_path));
    }

    public void Dispose()
    {
        try
        {
            Close();
        }
        catch (Diagnostics.ModelException)
        {
            // A file that is given up: what kept it from being written was reported before.
        }

        _file.Dispose();
    }

    private static Field FieldOf(TableColumn column) =>
        column.Type == typeof(double) ? new DataField<double>(column.Name)
        : column.Type == typeof(long) ? new DataField<long>(column.Name)
        : new DataField(column.Name, typeof(string), isNullable: false);

    private void WriteGroup()
    {
        if (_rows == 0)
        {
            return;
        }

        using (ParquetRowGroupWriter group = _writer.CreateRowGroup())
        {
            for (int c = 0; c < _columns.Length; c++)
            {
                DataField field = _schema.DataFields[c];
                Guarded(_columns[c].Type == typeof(double) ? group.WriteAsync<double>(field, Joined<double>(c))
                    : _columns[c].Type == typeof(long) ? group.WriteAsync<long>(field, Joined<long>(c))
                    : group.WriteAsync(field, Joined<string>(c)));
            }
        }

        _waiting.Clear();
        _rows = 0;
    }

    private T[] Joined<T>(int column)
    {
        T[] values = new T[_rows];
        int at = 0;
        foreach (TableBatch batch in _waiting)
        {
            batch.Columns[column].CopyTo(values, at);
            at += batch.Rows;
        }

        return values;
    }

    private void Close()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            Guarded(_writer.DisposeAsync().AsTask());
        }
    }

    // The file is written by one thread, which has nothing else to do meanwhile.
    private void Guarded(Task task) => Guarded(Finish(task));

    private T Guarded<T>(Task<T> task)
    {
        try
        {
            return task.GetAwaiter().GetResult();
        }
        catch (Exception fault) when (DurableFile.IsWriteFault(fault))
        {
            throw DurableFile.Refusal(_path, fault);
        }
    }

    private static async Task<bool> Finish(Task task)
    {
        await task.ConfigureAwait(false);
        return true;
    }
}
