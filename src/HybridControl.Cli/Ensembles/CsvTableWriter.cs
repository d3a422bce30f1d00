using System.Buffers;
using System.Globalization;
using System.Text;
using HybridControl.Serialization;

namespace HybridControl.Cli.Ensembles;

/// <summary>Writes a table as comma-separated values: a header, then a row a line; numbers read back to the same bits.</summary>
internal sealed class CsvTableWriter : ITableWriter
{
    private const int FlushBytes = 1 << 20;
    private const int LongestNumber = 32;

    private readonly string _path;
    private readonly DurableFile _file;
    private readonly ArrayBufferWriter<byte> _buffer = new(FlushBytes + (1 << 16));
    private readonly Dictionary<string, byte[]> _words = new(StringComparer.Ordinal);

    public CsvTableWriter(string path, IEnumerable<TableColumn> columns)
    {
        _path = Path.GetFullPath(path);
        _file = DurableFile.Create(Path.GetDirectoryName(_path)!);
        _buffer.Write(Encoding.UTF8.GetBytes(string.Join(',', columns.Select(column => CsvReader.Quote(column.Name))) + "\n"));
    }

    public void Add(TableBatch batch)
    {
        for (int row = 0; row < batch.Rows; row++)
        {
            for (int c = 0; c < batch.Columns.Length; c++)
            {
                if (c > 0)
                {
                    Put((byte)',');
                }

                switch (batch.Columns[c])
                {
                    case double[] numbers:
                        Put(numbers[row]);
                        break;
                    case long[] integers:
                        Put(integers[row]);
                        break;
                    case string[] words:
                        Put(words[row]);
                        break;
                }
            }

            Put((byte)'\n');
            if (_buffer.WrittenCount > FlushBytes)
            {
                Flush();
            }
        }
    }

    public void Complete()
    {
        Flush();
        _file.Publish(Path.GetFileName(_path));
    }

    public void Dispose() => _file.Dispose();

    private void Put(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    private void Put<T>(T value)
        where T : IUtf8SpanFormattable
    {
        value.TryFormat(_buffer.GetSpan(LongestNumber), out int written, default, CultureInfo.InvariantCulture);
        _buffer.Advance(written);
    }

    private void Put(string word)
    {
        if (!_words.TryGetValue(word, out byte[]? bytes))
        {
            _words[word] = bytes = word.Length == 0 ? [] : Encoding.UTF8.GetBytes(CsvReader.Quote(word));
        }

        _buffer.Write(bytes);
    }

    private void Flush()
    {
        try
        {
            _file.Stream.Write(_buffer.WrittenSpan);
        }
        catch (Exception fault) when (DurableFile.IsWriteFault(fault))
        {
            throw DurableFile.Refusal(_path, fault);
        }

        _buffer.ResetWrittenCount();
    }
}
