using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Serialization;

/// <summary>Reads a table of measurements once, and collects what is wrong with it: each fault with file, line and column, and how to mend it.</summary>
/// <remarks>
/// A table that is to be complete has a column for each sensor and input, all inputs, times that grow, and may hold several runs in a column
/// <c>run</c>. One that is not has one sensor at least, leaves fields empty, and counts its times from zero.
/// </remarks>
internal sealed class MeasurementReader
{
    private const int MostFindings = 50;
    private const string Run = "run";

    private readonly string _path;
    private readonly bool _complete;
    private readonly IReadOnlyList<string> _sensors;
    private readonly string[] _known;
    private readonly CsvReader _reader;
    private readonly List<Finding> _findings = [];
    private readonly List<MeasurementRows> _runs = [];
    private string[] _header = [];

    private MeasurementReader(string path, IReadOnlyList<string> sensors, IReadOnlyList<string> inputs, bool complete)
    {
        _path = path;
        _complete = complete;
        _sensors = sensors;
        _known = [.. sensors, .. inputs];
        _reader = CsvReader.Open(path);
    }

    /// <summary>The runs of a table; one, perhaps without rows, where there is no column of runs.</summary>
    /// <exception cref="ModelException">The file cannot be read, or has faults: all of them, up to fifty.</exception>
    public static IReadOnlyList<MeasurementRows> Read(
        string path, IReadOnlyList<string> sensors, IReadOnlyList<string> inputs, bool complete)
    {
        var reader = new MeasurementReader(path, sensors, inputs, complete);
        reader.ReadAll();
        return reader._findings.Count == 0 ? reader._runs : throw new ModelException(reader._findings);
    }

    private void ReadAll()
    {
        if (!Next())
        {
            if (_findings.Count == 0)
            {
                _findings.Add(new(_path, "the file is empty", $"A table begins with its header, such as time,{string.Join(',', _known)}."));
            }

            return;
        }

        _header = [.. _reader.Fields];
        int time = Array.FindIndex(_header, name => name is "time" or "t");
        int run = _complete ? Array.IndexOf(_header, Run) : -1;
        CheckHeader(time, run);
        int[] columns = [.. _known.Select(name => Array.IndexOf(_header, name))];
        if (run < 0)
        {
            _runs.Add(new MeasurementRows("", _known.Length));
        }

        while (_findings.Count < MostFindings && Next())
        {
            if (_reader.Fields.Count != _header.Length)
            {
                Collect(() => _reader.Expect(_header.Length));
            }
            else
            {
                AddRow(time, run, columns);
            }
        }
    }

    private void CheckHeader(int time, int run)
    {
        if (time < 0)
        {
            Fault(0, "there is no column of time", "Call the column of time 'time', in seconds.");
        }

        for (int i = 0; i < _header.Length; i++)
        {
            string name = _header[i];
            if (i != time && i != run && !_known.Contains(name))
            {
                Fault(i, $"'{SourceNode.Shorten(name)}' is neither a sensor nor an input of the model",
                    $"{Suggestions.For(name, _known)} Or leave the column out.");
            }
            else if (Array.IndexOf(_header, name) < i)
            {
                Fault(i, $"there are two columns '{SourceNode.Shorten(name)}'", "Keep one of them.");
            }
        }

        if (_complete)
        {
            foreach (string name in _known.Where(name => !_header.Contains(name)))
            {
                Fault(0, $"there is no column '{name}'", Suggestions.For(name, _header));
            }
        }
        else if (!_sensors.Any(_header.Contains))
        {
            Fault(0, "there is no column of a sensor", $"Sensors of the model: {string.Join(", ", _sensors)}.");
        }
    }

    private void AddRow(int time, int run, int[] columns)
    {
        if (run >= 0)
        {
            Enter(_reader.Fields[run], run);
        }

        MeasurementRows rows = _runs[^1];
        if (time >= 0)
        {
            double t = Number(time, CheckTime);
            rows.Times.Add(double.IsFinite(t) ? t : double.NaN);
        }

        for (int i = 0; i < columns.Length; i++)
        {
            rows.Values.Add(columns[i] < 0 ? double.NaN : Number(columns[i], _complete && i >= _sensors.Count ? CheckInput : CheckValue));
        }
    }

    private void Enter(string name, int column)
    {
        if (_runs.Count > 0 && _runs[^1].Name == name)
        {
            return;
        }

        if (_runs.Exists(rows => rows.Name == name))
        {
            Fault(column, $"run '{SourceNode.Shorten(name)}' goes on after another", "Keep the rows of a run together.");
        }

        _runs.Add(new MeasurementRows(name, _known.Length));
    }

    private void CheckValue(int column, double value)
    {
        if (double.IsInfinity(value))
        {
            Fault(column, "the number is infinite", "Leave the field empty where there is no value.");
        }
    }

    private void CheckInput(int column, double value)
    {
        if (!double.IsFinite(value))
        {
            Fault(column, "the value of the input is missing or not finite", "Give every row the value that held until its time.");
        }
    }

    private void CheckTime(int column, double time)
    {
        MeasurementRows rows = _runs[^1];
        if (!double.IsFinite(time))
        {
            Fault(column, "the time is missing or not finite", "Give every row its time in seconds.");
        }
        else if (rows.Times.Count == 0)
        {
            if (!_complete && time < 0.0)
            {
                Fault(column, FormattableString.Invariant($"the time {time} s is before the start"), "Count time from the start of the model, at zero.");
            }
        }
        else if (time < rows.Times[^1] || (_complete && time == rows.Times[^1]))
        {
            Fault(column, FormattableString.Invariant($"the time {time} s comes after {rows.Times[^1]} s"),
                _complete ? "Sort the rows by time, and put what was measured at one time into one row." : "Sort the rows by time.");
        }
    }

    // NaN where the field is empty, or holds no number: then that is said, and nothing is checked.
    private double Number(int column, Action<int, double> check)
    {
        double value = double.NaN;
        int before = _findings.Count;
        if (!string.IsNullOrWhiteSpace(_reader.Fields[column]))
        {
            Collect(() => value = _reader.Number(column));
        }

        if (_findings.Count == before)
        {
            check(column, value);
        }

        return value;
    }

    // A quote out of place ends the table: what follows cannot be told into fields.
    private bool Next()
    {
        bool more = false;
        Collect(() => more = _reader.Read());
        return more;
    }

    private void Fault(int column, string what, string mend) => _findings.AddRange(_reader.Fault(column, what, mend).Findings);

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
}
