using System.Collections.Immutable;
using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Simulation;

namespace HybridControl.Serialization;

/// <summary>The executed transitions of a run, in order.</summary>
/// <param name="Rows">One row for each jump.</param>
/// <remarks>Immutable and thread-safe; equality is by value.</remarks>
public sealed record EventTable(ImmutableArray<EventRow> Rows)
{
    private static readonly string[] FixedColumns = ["t", "j", "from", "to", "transition"];

    /// <summary>What the times of the events were differentiated with respect to; one column <c>dt/d(name)</c> for each.</summary>
    public ImmutableArray<string> Sensitivities { get; init; } = [];

    /// <summary>The events of a run.</summary>
    public static EventTable From(Trajectory trajectory)
    {
        ArgumentNullException.ThrowIfNull(trajectory);
        return new([.. trajectory.Jumps.Select(jump => new EventRow(jump.Time, jump.Index, jump.From, jump.To, jump.Transition)
        {
            TimeSensitivities = jump.TimeSensitivities,
        })])
        {
            Sensitivities = trajectory.Sensitivities,
        };
    }

    /// <summary>Writes comma-separated values: the header <c>t,j,from,to,transition,...</c>, then the rows.</summary>
    /// <exception cref="ModelException">The file cannot be written.</exception>
    public void SaveCsv(string path) => TextFile.Write(path, writer =>
    {
        writer.WriteLine(string.Join(',', FixedColumns.Concat(Sensitivities.Select(name => CsvReader.Quote($"dt/d({name})")))));
        foreach (EventRow row in Rows)
        {
            writer.WriteLine(string.Join(',',
            [
                row.Time.ToString("R", CultureInfo.InvariantCulture), row.JumpIndex.ToString(CultureInfo.InvariantCulture),
                CsvReader.Quote(row.From), CsvReader.Quote(row.To), CsvReader.Quote(row.Transition),
                .. row.TimeSensitivities.Select(value => value.ToString("R", CultureInfo.InvariantCulture)),
            ]));
        }
    });

    /// <summary>Reads what <see cref="SaveCsv"/> writes.</summary>
    /// <exception cref="ModelException">The file cannot be read or is no event list; the message names line and column.</exception>
    public static EventTable LoadCsv(string path)
    {
        var reader = CsvReader.Open(path);
        reader.ReadHeader(FixedColumns);
        ImmutableArray<string> names = [.. reader.Fields.Skip(FixedColumns.Length)];
        int columns = reader.Fields.Count;
        string? foreign = names.FirstOrDefault(name => !name.StartsWith("dt/d(", StringComparison.Ordinal) || name[^1] != ')');
        if (foreign is not null)
        {
            throw reader.Fault(names.IndexOf(foreign) + FixedColumns.Length, $"the column '{foreign}'", "After the transition come columns such as dt/d(h0).");
        }

        var rows = ImmutableArray.CreateBuilder<EventRow>();
        while (reader.Read())
        {
            reader.Expect(columns);
            rows.Add(new(reader.Number(0), reader.Count(1), reader.Fields[2], reader.Fields[3], reader.Fields[4])
            {
                TimeSensitivities = [.. Enumerable.Range(FixedColumns.Length, names.Length).Select(reader.Number)],
            });
        }

        return new(rows.ToImmutable()) { Sensitivities = [.. names.Select(name => name[5..^1])] };
    }

    /// <inheritdoc/>
    public bool Equals(EventTable? other) => other is not null && Rows.AsSpan().SequenceEqual(other.Rows.AsSpan()) &&
        Sensitivities.AsSpan().SequenceEqual(other.Sensitivities.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Rows.Length;
}
