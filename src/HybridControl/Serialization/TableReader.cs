using System.Collections.Immutable;
using HybridControl.Numerics;

namespace HybridControl.Serialization;

/// <summary>Reads lookup tables: a curve of <c>x</c> and <c>y</c>, or a surface <c>z</c> over both.</summary>
internal static class TableReader
{
    /// <summary>Reads a table and makes it known; one with findings becomes a plain table of its name.</summary>
    public static LookupTable Read(ReadingContext context, string name, string path, SourceNode value)
    {
        var reader = ObjectReader.Open(context, value, path, ModelProperties.Table, "{ \"x\": [0, 1], \"y\": [0, 1] }");
        LookupTable? read = reader is null ? null
            : reader.Find("z") is { } rows ? ReadSurface(context, reader, name, rows)
            : ReadCurve(reader, name);

        // A faulty table is still a name, so that its uses are not called unknown.
        LookupTable table = read ?? (reader?.Find("z") is null
            ? new LookupCurve(name, [0.0, 1.0], [0.0, 1.0])
            : new LookupSurface(name, [0.0, 1.0], [0.0, 1.0], [0.0, 0.0, 0.0, 0.0]));
        context.Scope.Add(table);
        return table;
    }

    private static LookupCurve? ReadCurve(ObjectReader reader, string name)
    {
        ImmutableArray<double>? x = reader.RequiredNumbers("x");
        ImmutableArray<double>? y = reader.RequiredNumbers("y");
        Extrapolation extrapolation = ReadExtrapolation(reader);
        Interpolation interpolation =
            reader.Choice("interpolation", "linear", "monotoneCubic") == "linear" ? Interpolation.Linear : Interpolation.MonotoneCubic;
        if (x is not { } breakpoints || y is not { } values)
        {
            return null;
        }

        if (LookupCurve.FindFault(breakpoints.AsSpan(), values.AsSpan()) is { } fault)
        {
            Say(reader, fault);
            return null;
        }

        return new LookupCurve(name, breakpoints.AsSpan(), values.AsSpan(), extrapolation, interpolation);
    }

    private static LookupSurface? ReadSurface(ReadingContext context, ObjectReader reader, string name, SourceNode rows)
    {
        ImmutableArray<double>? x = reader.RequiredNumbers("x");
        ImmutableArray<double>? y = reader.RequiredNumbers("y");
        Extrapolation extrapolation = ReadExtrapolation(reader);
        reader.Choice("interpolation", "linear");
        if (ReadRows(context, reader.PathOf("z"), rows, y?.Length) is not { } values || x is not { } first || y is not { } second)
        {
            return null;
        }

        if (LookupSurface.FindFault(first.AsSpan(), second.AsSpan(), values) is { } fault)
        {
            Say(reader, fault);
            return null;
        }

        return new LookupSurface(name, first.AsSpan(), second.AsSpan(), values, extrapolation);
    }

    private static double[]? ReadRows(ReadingContext context, string path, SourceNode rows, int? width)
    {
        if (rows.Kind != SourceKind.List)
        {
            context.Fault(rows, path, $"a list of rows is expected, but this is {rows.Describe()}", "Write [[1, 2], [3, 4]]: a row for each x.");
            return null;
        }

        var values = new List<double>();
        bool good = true;
        for (int i = 0; i < rows.Items.Length; i++)
        {
            string where = FormattableString.Invariant($"{path}[{i}]");
            ImmutableArray<double>? row = context.Numbers(rows.Items[i], where);
            if (row is { } known && width is { } expected && known.Length != expected)
            {
                context.Fault(
                    rows.Items[i], where, FormattableString.Invariant($"{known.Length} values for {expected} breakpoints of y"),
                    "Give one value for each breakpoint of y.");
                row = null;
            }

            good &= row is not null;
            values.AddRange(row ?? []);
        }

        return good ? [.. values] : null;
    }

    private static Extrapolation ReadExtrapolation(ObjectReader reader) => reader.Choice("extrapolation", "hold", "linear", "error") switch
    {
        "linear" => Extrapolation.Linear,
        "error" => Extrapolation.Error,
        _ => Extrapolation.Hold,
    };

    private static void Say(ObjectReader reader, string fault)
    {
        int stop = fault.IndexOf(". ", StringComparison.Ordinal);
        reader.Fault(null, fault[..stop], fault[(stop + 2)..]);
    }
}
