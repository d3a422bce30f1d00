using System.Collections.Immutable;
using HybridControl.Ensembles;

namespace HybridControl.Cli.Ensembles;

/// <summary>What blocks look like as a table that people and other programs read: modes, transitions and statuses by name.</summary>
/// <param name="Columns">The columns.</param>
/// <param name="Read">The rows of a block.</param>
internal sealed record BlockTable(ImmutableArray<TableColumn> Columns, Func<EnsembleBlock, TableBatch> Read)
{
    private static readonly string[] Statuses =
        [.. Enum.GetNames<TrajectoryStatus>().Select(name => string.Concat(name.Select((c, i) => char.IsUpper(c) && i > 0 ? $"-{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}")))];

    /// <summary>The column of a varied quantity, told apart from a final value of the same name.</summary>
    public static string NameOfSample(string name) => $"sample({name})";

    /// <summary>A status in lower case with hyphens, such as "step-too-small".</summary>
    public static string NameOf(TrajectoryStatus status) => Statuses[(int)status];

    /// <summary>One row for each trajectory: its number, its alternative if there are several, its samples, its scalars.</summary>
    public static BlockTable Trajectories(EnsembleLayout layout)
    {
        var columns = ImmutableArray.CreateBuilder<TableColumn>();
        AddKeys(columns, layout);
        columns.AddRange(layout.Samples.Select(name => new TableColumn(NameOfSample(name), typeof(double))));
        columns.AddRange(layout.Scalars.Select((name, i) => new TableColumn(name, i switch
        {
            EnsembleLayout.Status or EnsembleLayout.Mode => typeof(string),
            EnsembleLayout.Jumps or EnsembleLayout.Steps => typeof(long),
            _ => typeof(double),
        })));
        return new(Distinct(columns), block =>
        {
            var values = new List<Array>();
            AddKeyValues(values, block, 1);
            for (int i = 0; i < layout.Samples.Length; i++)
            {
                values.Add(block.Sample(i).ToArray());
            }

            for (int i = 0; i < layout.Scalars.Length; i++)
            {
                ReadOnlySpan<double> column = block.Scalar(i);
                values.Add(i switch
                {
                    EnsembleLayout.Status => Words(column, Statuses),
                    EnsembleLayout.Mode => Words(column, layout.Modes.AsSpan()),
                    EnsembleLayout.Jumps or EnsembleLayout.Steps => Integers(column),
                    _ => column.ToArray(),
                });
            }

            return new(block.Count, [.. values]);
        });
    }

    /// <summary>One row for each trajectory and grid time, without numbers where the trajectory had ended before.</summary>
    public static BlockTable Grid(EnsembleLayout layout)
    {
        var columns = ImmutableArray.CreateBuilder<TableColumn>();
        AddKeys(columns, layout);
        columns.Add(new("t", typeof(double)));
        columns.AddRange(layout.Grid.Select((name, i) => new TableColumn(name, i == layout.GridMode ? typeof(string) : typeof(double))));
        int times = layout.GridTimes.Length;
        return new(Distinct(columns), block =>
        {
            int rows = times * block.Count;
            var values = new List<Array>();
            AddKeyValues(values, block, times);
            double[] t = new double[rows];
            for (int i = 0; i < rows; i++)
            {
                t[i] = layout.GridTimes[i % times];
            }

            values.Add(t);
            for (int v = 0; v < layout.Grid.Length; v++)
            {
                double[] column = new double[rows];
                for (int k = 0; k < times; k++)
                {
                    ReadOnlySpan<double> at = block.GridAt(k, v);
                    for (int i = 0; i < block.Count; i++)
                    {
                        column[(i * times) + k] = at[i];
                    }
                }

                values.Add(v == layout.GridMode ? Words(column, layout.Modes.AsSpan()) : column);
            }

            return new(rows, [.. values]);
        });
    }

    /// <summary>One row for each event that was kept.</summary>
    public static BlockTable Events(EnsembleLayout layout)
    {
        var columns = ImmutableArray.CreateBuilder<TableColumn>();
        AddKeys(columns, layout);
        columns.Add(new("event", typeof(long)));
        columns.Add(new("t", typeof(double)));
        columns.Add(new("transition", typeof(string)));
        return new(Distinct(columns), block =>
        {
            var (rows, slots, times, transitions) = (new List<int>(), new List<long>(), new List<double>(), new List<double>());
            for (int i = 0; i < block.Count; i++)
            {
                for (int s = 0; s < layout.EventSlots && !double.IsNaN(block.EventTimes[(s * block.Count) + i]); s++)
                {
                    rows.Add(i);
                    slots.Add(s);
                    times.Add(block.EventTimes[(s * block.Count) + i]);
                    transitions.Add(block.EventTransitions[(s * block.Count) + i]);
                }
            }

            var values = new List<Array>();
            AddKeyValues(values, block, rows);
            values.AddRange([slots.ToArray(), times.ToArray(), Words(transitions.ToArray(), layout.Transitions.AsSpan())]);
            return new(rows.Count, [.. values]);
        });
    }

    private static void AddKeys(ImmutableArray<TableColumn>.Builder columns, EnsembleLayout layout)
    {
        columns.Add(new("trajectory", typeof(long)));
        if (!layout.Alternatives.IsEmpty)
        {
            columns.Add(new("sample", typeof(long)));
            columns.Add(new("alternative", typeof(string)));
        }
    }

    private static void AddKeyValues(List<Array> values, EnsembleBlock block, int rowsEach) =>
        AddKeyValues(values, block, [.. Enumerable.Range(0, block.Count * rowsEach).Select(row => row / rowsEach)]);

    private static void AddKeyValues(List<Array> values, EnsembleBlock block, List<int> rows)
    {
        long[] trajectories = [.. rows.Select(row => block.First + row)];
        values.Add(trajectories);
        ImmutableArray<string> alternatives = block.Layout.Alternatives;
        if (!alternatives.IsEmpty)
        {
            values.Add(trajectories.Select(trajectory => trajectory / alternatives.Length).ToArray());
            values.Add(trajectories.Select(trajectory => alternatives[(int)(trajectory % alternatives.Length)]).ToArray());
        }
    }

    private static string[] Words(ReadOnlySpan<double> numbers, ReadOnlySpan<string> names)
    {
        string[] words = new string[numbers.Length];
        for (int i = 0; i < words.Length; i++)
        {
            int number = (int)numbers[i];
            words[i] = number >= 0 && number < names.Length && !double.IsNaN(numbers[i]) ? names[number] : "";
        }

        return words;
    }

    private static long[] Integers(ReadOnlySpan<double> numbers)
    {
        long[] integers = new long[numbers.Length];
        for (int i = 0; i < integers.Length; i++)
        {
            integers[i] = (long)numbers[i];
        }

        return integers;
    }

    // A recorded name may repeat one of the fixed ones; a column that cannot be addressed is of no use.
    private static ImmutableArray<TableColumn> Distinct(IEnumerable<TableColumn> columns)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var distinct = ImmutableArray.CreateBuilder<TableColumn>();
        foreach (TableColumn column in columns)
        {
            string name = column.Name;
            for (int i = 2; !taken.Add(name); i++)
            {
                name = FormattableString.Invariant($"{column.Name}_{i}");
            }

            distinct.Add(column with { Name = name });
        }

        return distinct.ToImmutable();
    }
}
