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
    /// <summary>The events of a run.</summary>
    public static EventTable From(Trajectory trajectory)
    {
        ArgumentNullException.ThrowIfNull(trajectory);
        return new([.. trajectory.Jumps.Select(jump => new EventRow(jump.Time, jump.Index, jump.From, jump.To, jump.Transition))]);
    }

    /// <summary>Writes comma-separated values: the header <c>t,j,from,to,transition</c>, then the rows.</summary>
    /// <exception cref="ModelException">The file cannot be written.</exception>
    public void SaveCsv(string path) => TextFile.Write(path, writer =>
    {
        writer.WriteLine("t,j,from,to,transition");
        foreach (EventRow row in Rows)
        {
            writer.WriteLine(string.Join(',',
                row.Time.ToString("R", CultureInfo.InvariantCulture), row.JumpIndex.ToString(CultureInfo.InvariantCulture),
                CsvReader.Quote(row.From), CsvReader.Quote(row.To), CsvReader.Quote(row.Transition)));
        }
    });

    /// <summary>Reads what <see cref="SaveCsv"/> writes.</summary>
    /// <exception cref="ModelException">The file cannot be read or is no event list; the message names line and column.</exception>
    public static EventTable LoadCsv(string path)
    {
        var reader = CsvReader.Open(path);
        reader.ReadHeader("t", "j", "from", "to", "transition");
        var rows = ImmutableArray.CreateBuilder<EventRow>();
        while (reader.Read())
        {
            reader.Expect(5);
            rows.Add(new(reader.Number(0), reader.Count(1), reader.Fields[2], reader.Fields[3], reader.Fields[4]));
        }

        return new(rows.ToImmutable());
    }

    /// <inheritdoc/>
    public bool Equals(EventTable? other) => other is not null && Rows.AsSpan().SequenceEqual(other.Rows.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Rows.Length;
}
