using System.Collections.Immutable;
using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Simulation;

namespace HybridControl.Serialization;

/// <summary>A run as rows of numbers: time, jump index, mode, then one column for each variable.</summary>
/// <remarks>
/// Both sides of every discontinuity are rows of their own with equal time: at a jump the jump index grows, at a tick
/// or a setting it stays. Immutable and thread-safe; equality is by value. Files are UTF-8 with decimal points;
/// numbers read back to the same doubles.
/// </remarks>
public sealed class TrajectoryTable : IEquatable<TrajectoryTable>
{
    private static readonly string[] FixedColumns = ["t", "j", "mode"];

    private readonly double[] _times;
    private readonly int[] _jumps;
    private readonly string[] _modes;
    private readonly double[] _values;

    internal TrajectoryTable(
        ImmutableArray<string> variables, double[] times, int[] jumps, string[] modes, double[] values)
    {
        Variables = variables;
        _times = times;
        _jumps = jumps;
        _modes = modes;
        _values = values;
    }

    /// <summary>Names of the variables, in the order of their columns.</summary>
    public ImmutableArray<string> Variables { get; }

    /// <summary>The number of rows.</summary>
    public int RowCount => _times.Length;

    /// <summary>Times in seconds, one for each row, never decreasing.</summary>
    public ReadOnlySpan<double> Times => _times;

    /// <summary>Jump indices, one for each row, never decreasing.</summary>
    public ReadOnlySpan<int> JumpIndices => _jumps;

    /// <summary>Names of the active modes, one for each row.</summary>
    public ReadOnlySpan<string> Modes => _modes;

    /// <summary>The values of one row, in the order of <see cref="Variables"/>.</summary>
    public ReadOnlySpan<double> Row(int row) => _values.AsSpan(row * Variables.Length, Variables.Length);

    /// <summary>The values of one variable, one for each row.</summary>
    /// <exception cref="ModelException">The name is unknown.</exception>
    public double[] Column(string name)
    {
        int column = Variables.IndexOf(name);
        if (column < 0)
        {
            throw new ModelException("table", $"unknown name '{name}'", Numerics.Suggestions.For(name, Variables));
        }

        double[] values = new double[RowCount];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = _values[(i * Variables.Length) + column];
        }

        return values;
    }

    /// <summary>Tabulates a run.</summary>
    /// <param name="trajectory">The run.</param>
    /// <param name="names">Variables to tabulate; null for all states, discrete variables, inputs and outputs.</param>
    /// <param name="grid">
    /// Times in seconds at which to read between discontinuities, ascending; null for every step of the solver. The
    /// ends of the run and both sides of every discontinuity are rows in any case.
    /// </param>
    /// <exception cref="ModelException">A name is unknown, or the grid is not ascending.</exception>
    public static TrajectoryTable From(Trajectory trajectory, IReadOnlyList<string>? names = null, IReadOnlyList<double>? grid = null)
    {
        ArgumentNullException.ThrowIfNull(trajectory);
        string[] variables = [.. names ?? DefaultNames(trajectory)];
        foreach (string name in variables)
        {
            _ = trajectory.UnitOf(name);
        }

        double[]? times = grid is null ? null : CheckGrid(grid);
        var table = new TrajectoryTableBuilder([.. variables]);
        double[] values = new double[variables.Length];
        for (int p = 0; p < trajectory.PieceCount; p++)
        {
            (double start, double end, int jump, string mode) = trajectory.PieceOf(p);
            AddRow(start);
            ReadOnlySpan<double> between = times ?? trajectory.StepTimesOf(p);
            int first = between.BinarySearch(start);
            for (int i = first < 0 ? ~first : first; i < between.Length && between[i] < end; i++)
            {
                if (between[i] > start)
                {
                    AddRow(between[i]);
                }
            }

            if (end > start)
            {
                AddRow(end);
            }

            void AddRow(double time)
            {
                trajectory.ReadIn(p, time, variables, values);
                table.Add(time, jump, mode, values);
            }
        }

        return table.ToTable();
    }

    /// <summary>Writes comma-separated values: a header <c>t,j,mode,...</c>, then the rows.</summary>
    /// <exception cref="ModelException">The file cannot be written.</exception>
    public void SaveCsv(string path) => TextFile.Write(path, writer =>
    {
        writer.WriteLine(string.Join(',', FixedColumns.Concat(Variables.Select(CsvReader.Quote))));
        for (int i = 0; i < RowCount; i++)
        {
            writer.Write(_times[i].ToString("R", CultureInfo.InvariantCulture));
            writer.Write(',');
            writer.Write(_jumps[i].ToString(CultureInfo.InvariantCulture));
            writer.Write(',');
            writer.Write(CsvReader.Quote(_modes[i]));
            foreach (double value in Row(i))
            {
                writer.Write(',');
                writer.Write(value.ToString("R", CultureInfo.InvariantCulture));
            }

            writer.WriteLine();
        }
    });

    /// <summary>Reads what <see cref="SaveCsv"/> writes.</summary>
    /// <exception cref="ModelException">The file cannot be read or is no such table; the message names line and column.</exception>
    public static TrajectoryTable LoadCsv(string path)
    {
        var reader = CsvReader.Open(path);
        reader.ReadHeader(FixedColumns);
        ImmutableArray<string> variables = [.. reader.Fields.Skip(3)];
        int columns = reader.Fields.Count;
        var table = new TrajectoryTableBuilder(variables);
        double[] values = new double[variables.Length];
        while (reader.Read())
        {
            reader.Expect(columns);
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = reader.Number(i + 3);
            }

            double time = reader.Number(0);
            int jump = reader.Count(1);
            if (table.FaultOf(time, jump) is { } fault)
            {
                throw reader.Fault(0, fault, "Keep the rows in the order of time and jump index.");
            }

            table.Add(time, jump, reader.Fields[2], values);
        }

        return table.ToTable();
    }

    /// <summary>Writes JSON: <c>{ "columns": ["t", "j", "mode", ...], "rows": [[0, 0, "fall", 10], ...] }</c>.</summary>
    /// <remarks>JSON has no NaN or infinity; such values are written as the texts "NaN", "Infinity" and "-Infinity".</remarks>
    /// <exception cref="ModelException">The file cannot be written.</exception>
    public void SaveJson(string path) => TextFile.Write(path, writer => TrajectoryTableJson.Write(this, writer));

    /// <summary>Reads what <see cref="SaveJson"/> writes.</summary>
    /// <exception cref="ModelException">The file cannot be read or is no such table; the message names line and path.</exception>
    public static TrajectoryTable LoadJson(string path) => TrajectoryTableJson.Load(path);

    /// <inheritdoc/>
    public bool Equals(TrajectoryTable? other) =>
        other is not null && Variables.AsSpan().SequenceEqual(other.Variables.AsSpan()) &&
        _times.AsSpan().SequenceEqual(other._times) && _jumps.AsSpan().SequenceEqual(other._jumps) &&
        _modes.AsSpan().SequenceEqual(other._modes) && _values.AsSpan().SequenceEqual(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TrajectoryTable);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Variables.Length, RowCount, RowCount > 0 ? _times[^1] : 0.0);

    private static IEnumerable<string> DefaultNames(Trajectory trajectory) =>
        trajectory.Names.Except(trajectory.Model.Parameters.Select(parameter => parameter.Name), StringComparer.Ordinal);

    private static double[] CheckGrid(IReadOnlyList<double> grid)
    {
        for (int i = 0; i < grid.Count; i++)
        {
            if (!double.IsFinite(grid[i]) || (i > 0 && grid[i] <= grid[i - 1]))
            {
                throw new ModelException(FormattableString.Invariant($"grid[{i}]"),
                    FormattableString.Invariant($"the time is {grid[i]}{(i > 0 ? $" after {grid[i - 1]}" : "")}"), "Give finite, ascending times.");
            }
        }

        return [.. grid];
    }
}
