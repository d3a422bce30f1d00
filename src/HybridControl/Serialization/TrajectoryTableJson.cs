using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;

namespace HybridControl.Serialization;

/// <summary>The JSON form of a table.</summary>
internal static class TrajectoryTableJson
{
    private static readonly string[] Fixed = ["t", "j", "mode"];

    public static void Write(TrajectoryTable table, TextWriter writer)
    {
        writer.WriteLine($"{{\n  \"columns\": [{string.Join(", ", Fixed.Concat(table.Variables).Select(Quote))}],\n  \"rows\": [");
        for (int i = 0; i < table.RowCount; i++)
        {
            writer.Write($"    [{Number(table.Times[i])}, {table.JumpIndices[i].ToString(CultureInfo.InvariantCulture)}, {Quote(table.Modes[i])}");
            foreach (double value in table.Row(i))
            {
                writer.Write(", ");
                writer.Write(Number(value));
            }

            writer.WriteLine(i + 1 < table.RowCount ? "]," : "]");
        }

        writer.WriteLine("  ]\n}");
    }

    public static TrajectoryTable Load(string path)
    {
        var report = new SourceReport(path);
        byte[]? content = SourceText.ReadFile(path, report, SourceText.LongestTable);
        report.ThrowIfErrors();
        SourceNode? root = SourceText.Parse(content, report);
        report.ThrowIfErrors();

        var context = new ReadingContext(report);
        var reader = ObjectReader.Open(context, root!, "", ["columns", "rows"], "{ \"columns\": [...], \"rows\": [...] }");
        TrajectoryTable? table = reader is null ? null : Read(context, reader);
        report.ThrowIfErrors();
        return table!;
    }

    private static TrajectoryTable Read(ReadingContext context, ObjectReader reader)
    {
        reader.Required("columns", "\"columns\": [\"t\", \"j\", \"mode\", ...]");
        reader.Required("rows", "\"rows\": [[0, 0, \"fall\", ...], ...]");
        string[] columns = [.. reader.List("columns", "[\"t\", \"j\", \"mode\", ...]").Select(entry => entry.Value.Kind == SourceKind.Text ? entry.Value.Text : "")];
        if (!context.Report.HasErrors && !columns.Take(3).SequenceEqual(Fixed))
        {
            reader.Fault("columns", "the first columns are not t, j and mode", "Write \"columns\": [\"t\", \"j\", \"mode\", ...].");
        }

        var table = new TrajectoryTableBuilder([.. columns.Skip(3)]);
        double[] values = new double[Math.Max(0, columns.Length - 3)];
        foreach ((string path, SourceNode row) in reader.List("rows", "[[0, 0, \"fall\", ...], ...]"))
        {
            if (context.Report.HasErrors)
            {
                break; // one bad row is telling, a million are not
            }

            AddRow(context, path, row, table, columns.Length, values);
        }

        return table.ToTable();
    }

    private static void AddRow(
        ReadingContext context, string path, SourceNode row, TrajectoryTableBuilder table, int columns, double[] values)
    {
        ImmutableArray<SourceNode> fields = row.Items;
        if (fields.Length != columns)
        {
            context.Fault(row, path, $"the row has {fields.Length} fields, but there are {columns} columns", "Give every row a field for each column.");
            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Number(context, fields[i + 3], $"{path}[{i + 3}]");
        }

        double time = Number(context, fields[0], $"{path}[0]");
        double jump = Number(context, fields[1], $"{path}[1]");
        if (jump is not (>= 0 and <= int.MaxValue) || jump != Math.Floor(jump))
        {
            context.Fault(fields[1], $"{path}[1]", $"{fields[1].Describe()} is not a jump index", "Write 0, 1, 2, ...");
        }
        else if (fields[2].Kind != SourceKind.Text)
        {
            context.Fault(fields[2], $"{path}[2]", $"the name of a mode is expected, but this is {fields[2].Describe()}", "Write it in double quotes.");
        }
        else if (table.FaultOf(time, (int)jump) is { } fault)
        {
            context.Fault(fields[0], path, fault, "Keep the rows in the order of time and jump index.");
        }
        else
        {
            table.Add(time, (int)jump, fields[2].Text, values);
        }
    }

    private static double Number(ReadingContext context, SourceNode node, string path)
    {
        switch (node.Kind, node.Text)
        {
            case (SourceKind.Number, _):
                return node.Number;
            case (SourceKind.Text, "NaN"):
                return double.NaN;
            case (SourceKind.Text, "Infinity"):
                return double.PositiveInfinity;
            case (SourceKind.Text, "-Infinity"):
                return double.NegativeInfinity;
            default:
                context.Fault(node, path, $"a number is expected, but this is {node.Describe()}", "Write a number, or \"NaN\".");
                return 0.0;
        }
    }

    private static string Number(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        return double.IsFinite(value) ? text : Quote(text);
    }

    private static string Quote(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";
}
