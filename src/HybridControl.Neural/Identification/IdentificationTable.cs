using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Serialization;

namespace HybridControl.Neural.Identification;

/// <summary>Reads a table of inputs and outputs once, and collects what is wrong with it.</summary>
internal sealed class IdentificationTable
{
    private const int MostFindings = 50;
    private const double Jitter = 1e-4;

    private readonly string _path;
    private readonly IReadOnlyList<string> _inputs;
    private readonly IReadOnlyList<string> _outputs;
    private readonly double? _period;
    private readonly List<Finding> _findings = [];
    private readonly List<Rows> _runs = [];
    private string[] _header = [];
    private CsvReader? _reader;
    private double _step = double.NaN;

    public IdentificationTable(string path, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs, double? period) =>
        (_path, _inputs, _outputs, _period) = (path, inputs, outputs, period);

    private CsvReader Reader => _reader!;

    /// <exception cref="ModelException">The file cannot be read or has faults: all of them, up to fifty.</exception>
    public IdentificationData Read()
    {
        _reader = CsvReader.Open(_path);
        if (!Next())
        {
            throw _findings.Count > 0 ? new ModelException(_findings) : new ModelException(_path, "the file is empty", "A table begins with its header, such as time,u,y.");
        }

        _header = [.. Reader.Fields];
        int[] inputs = ColumnsOf(_inputs, "an input", "--inputs");
        int[] outputs = ColumnsOf(_outputs, "an output", "--outputs");
        foreach (int both in inputs.Intersect(outputs))
        {
            Fault(both, $"'{_header[both]}' is an input and an output", "Name it once.");
        }

        int time = Array.FindIndex(_header, name => name is "time" or "t");
        int run = Array.IndexOf(_header, "run");
        while (_findings.Count < MostFindings && Next())
        {
            if (Reader.Fields.Count != _header.Length)
            {
                Collect(() => Reader.Expect(_header.Length));
            }
            else
            {
                AddRow(time, run, inputs, outputs);
            }
        }

        double step = double.IsFinite(_step) ? _step : _period ?? 1.0;
        if (_findings.Count == 0 && _runs.Count == 0)
        {
            _findings.Add(new(_path, "there are no rows below the header", "Give a row for each sample."));
        }

        return _findings.Count > 0 ? throw new ModelException(_findings) : new(
            [.. inputs.Select(column => _header[column])],
            [.. outputs.Select(column => _header[column])],
            step,
            [.. _runs.Select(rows => new IdentificationRun(rows.Name.Length == 0 ? _path : $"{_path}, run {rows.Name}", [.. rows.Inputs], [.. rows.Outputs]))]);
    }

    // A name of its own, or all names that add a number to it.
    private int[] ColumnsOf(IReadOnlyList<string> names, string kind, string option)
    {
        var columns = new List<int>();
        foreach (string name in names)
        {
            int[] found = [.. Enumerable.Range(0, _header.Length).Where(column => _header[column] == name)];
            if (found.Length == 0)
            {
                found = [.. Enumerable.Range(0, _header.Length).Where(column => IsNumbered(_header[column], name))];
            }
            else if (found.Length > 1)
            {
                Fault(found[1], $"there are two columns '{SourceNode.Shorten(name)}'", "Keep one of them.");
            }

            if (found.Length == 0)
            {
                Fault(0, $"there is no column '{SourceNode.Shorten(name)}' for {kind}", $"{Suggestions.For(name, _header)} Say which columns are meant with {option}.");
            }
            else if (columns.Intersect(found).Any())
            {
                Fault(found[0], $"'{SourceNode.Shorten(name)}' is named twice", "Name each column once.");
            }

            columns.AddRange(found.Take(_header[found.FirstOrDefault()] == name ? 1 : found.Length));
        }

        return [.. columns];
    }

    private static bool IsNumbered(string column, string name)
    {
        ReadOnlySpan<char> rest = column.StartsWith(name, StringComparison.Ordinal) ? column.AsSpan(name.Length).TrimStart('_') : [];
        return rest.Length > 0 && rest.IndexOfAnyExceptInRange('0', '9') < 0;
    }

    private void AddRow(int time, int run, int[] inputs, int[] outputs)
    {
        string name = run < 0 ? "" : Reader.Fields[run];
        if (_runs.Count == 0 || _runs[^1].Name != name)
        {
            if (_runs.Exists(rows => rows.Name == name))
            {
                Fault(run, $"run '{SourceNode.Shorten(name)}' goes on after another", "Keep the rows of a run together.");
            }

            _runs.Add(new(name));
        }

        Rows rows = _runs[^1];
        if (time >= 0)
        {
            AddTime(rows, time);
        }

        foreach (int column in inputs)
        {
            rows.Inputs.Add(Number(column));
            if (!double.IsFinite(rows.Inputs[^1]))
            {
                Fault(column, $"the input '{_header[column]}' is missing or not finite", "Give every row the value that was applied.");
            }
        }

        foreach (int column in outputs)
        {
            rows.Outputs.Add(Number(column, mayLack: true));
            if (double.IsInfinity(rows.Outputs[^1]))
            {
                Fault(column, "the number is infinite", "Leave the field empty where there is no value.");
            }
        }
    }

    private void AddTime(Rows rows, int column)
    {
        double now = Number(column);
        if (!double.IsFinite(now))
        {
            Fault(column, "the time is missing or not finite", "Give every row its time in seconds.");
            return;
        }

        double step = now - rows.Time;
        if (double.IsFinite(rows.Time))
        {
            if (!(step > 0.0))
            {
                Fault(column, FormattableString.Invariant($"the time {now} s comes after {rows.Time} s"), "Sort the rows by time.");
            }
            else if (!double.IsFinite(_step))
            {
                _step = step;
                if (_period is { } period && Math.Abs(step - period) > Jitter * period)
                {
                    Fault(column, FormattableString.Invariant($"the step is {step} s, but {period} s was asked for"), "Leave the option out: the times tell.");
                }
            }
            else if (Math.Abs(step - _step) > Jitter * _step + (1e-12 * Math.Abs(now)))
            {
                Fault(column, FormattableString.Invariant($"the step is {step} s, and {_step} s before"), "Resample to even times, or begin another run at a gap.");
            }
        }

        rows.Time = now;
    }

    private double Number(int column, bool mayLack = false)
    {
        double value = mayLack && string.IsNullOrWhiteSpace(Reader.Fields[column]) ? double.NaN : 0.0;
        if (!double.IsNaN(value))
        {
            Collect(() => value = Reader.Number(column));
        }

        return value;
    }

    // A quote out of place ends the table: what follows cannot be told into fields.
    private bool Next()
    {
        bool more = false;
        Collect(() => more = Reader.Read());
        return more;
    }

    private void Fault(int column, string what, string mend) => _findings.AddRange(Reader.Fault(column, what, mend).Findings);

    private void Collect(Action read)
    {
        try
        {
            read();
        }
        catch (ModelException fault)
        {
            _findings.AddRange(fault.Findings);
        }
    }

    private sealed class Rows(string name)
    {
        public string Name => name;

        public double Time { get; set; } = double.NaN;

        public List<double> Inputs { get; } = [];

        public List<double> Outputs { get; } = [];
    }
}
