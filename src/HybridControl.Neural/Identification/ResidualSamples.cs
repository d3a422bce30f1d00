using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Neural.Identification;

/// <summary>Stretches of measured states and inputs, each long enough for one prediction.</summary>
internal sealed class ResidualSamples
{
    private readonly IdentificationData _data;
    private readonly int[] _outputOfState;
    private readonly int[] _columnOfInput;
    private readonly int[] _termColumns;

    private ResidualSamples(IdentificationData data, ModeFlow flow, double heldOut, int horizon)
    {
        _data = data;
        _outputOfState = [.. flow.StateNames.Select(name => IndexOf(data.OutputNames, name))];
        _columnOfInput = [.. flow.InputNames.Select(name => IndexOf(data.InputNames, name))];
        _termColumns = [.. Enumerable.Range(0, data.InputNames.Count)];
        var train = new List<(int Run, int Row)>();
        var rest = new List<(int Run, int Row)>();
        for (int r = 0; r < data.Runs.Count && _outputOfState.All(place => place >= 0); r++)
        {
            int rows = data.RowsOf(data.Runs[r]);
            int learned = rows - (int)(heldOut * rows);
            for (int k = 0; k + horizon < rows; k++)
            {
                List<(int Run, int Row)>? list = k + horizon < learned ? train : k >= learned ? rest : null;
                if (list is not null && IsWhole(r, k, horizon))
                {
                    list.Add((r, k));
                }
            }
        }

        (Train, Rest) = ([.. train], [.. rest]);
        (Center, Scale) = Scales();
    }

    public int StateCount => _outputOfState.Length;

    /// <summary>Rows from which predictions start that are learned from.</summary>
    public (int Run, int Row)[] Train { get; }

    /// <summary>Rows from which predictions start that are held out.</summary>
    public (int Run, int Row)[] Rest { get; }

    public double Period => _data.SamplePeriod;

    /// <summary>Mean of each input of the term.</summary>
    public double[] Center { get; }

    /// <summary>Deviation of each input of the term.</summary>
    public double[] Scale { get; }

    public static ResidualSamples Of(IdentificationData data, ModeFlow flow, double heldOut, int horizon, FindingList findings)
    {
        foreach (string state in flow.StateNames.Where(state => !data.OutputNames.Contains(state)))
        {
            findings.Error("data.outputs", $"the state '{state}' is not among the outputs", Suggestions.For(state, data.OutputNames));
        }

        var samples = new ResidualSamples(data, flow, heldOut, horizon);
        if (findings.Count == 0 && samples.Train.Length == 0)
        {
            findings.Error("data.rows", $"no {horizon + 1} rows after each other to learn from have all states", "Give longer runs, or a shorter horizon.");
        }

        return samples;
    }

    /// <summary>What the term reads.</summary>
    public IEnumerable<string> TermInputs(IdentificationData data) =>
        [.. _outputOfState.Select(output => data.OutputNames[output]), .. _termColumns.Select(column => data.InputNames[column])];

    public string NameOf((int Run, int Row) sample) => $"{_data.Runs[sample.Run].Name}, row {sample.Row + 1}";

    /// <summary>States of some samples after a number of rows, states by batch.</summary>
    public double[] States(ReadOnlySpan<(int Run, int Row)> samples, int after) => Gather(samples, after, _outputOfState, _data.OutputNames.Count, inputs: false);

    /// <summary>Inputs of the flow that hold from a row on, inputs by batch; NaN where signals of the model are to be followed.</summary>
    public double[] FlowInputs(ReadOnlySpan<(int Run, int Row)> samples, int after) => Gather(samples, after, _columnOfInput, _data.InputNames.Count, inputs: true);

    /// <summary>Inputs of the data that hold from a row on, inputs by batch.</summary>
    public double[] TermInputs(ReadOnlySpan<(int Run, int Row)> samples, int after) => Gather(samples, after, _termColumns, _data.InputNames.Count, inputs: true);

    private double[] Gather(ReadOnlySpan<(int Run, int Row)> samples, int after, int[] columns, int width, bool inputs)
    {
        var values = new double[columns.Length * samples.Length];
        for (int b = 0; b < samples.Length; b++)
        {
            (int run, int row) = samples[b];
            ReadOnlySpan<double> all = inputs ? _data.Runs[run].Inputs.AsSpan() : _data.Runs[run].Outputs.AsSpan();
            for (int i = 0; i < columns.Length; i++)
            {
                values[(i * samples.Length) + b] = columns[i] < 0 ? double.NaN : all[((row + after) * width) + columns[i]];
            }
        }

        return values;
    }

    private bool IsWhole(int run, int row, int horizon)
    {
        int m = _data.OutputNames.Count;
        for (int k = row; k <= row + horizon; k++)
        {
            foreach (int output in _outputOfState)
            {
                if (double.IsNaN(_data.Runs[run].Outputs[(k * m) + output]))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private (double[] Center, double[] Scale) Scales()
    {
        if (Train.Length == 0)
        {
            return ([], []);
        }

        double[] values = [.. States(Train, 0), .. TermInputs(Train, 0)];
        int count = values.Length / Train.Length;
        var center = new double[count];
        var scale = new double[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<double> row = values.AsSpan(i * Train.Length, Train.Length);
            double mean = 0.0;
            foreach (double value in row)
            {
                mean += value / row.Length;
            }

            double square = 0.0;
            foreach (double value in row)
            {
                square += (value - mean) * (value - mean) / row.Length;
            }

            (center[i], scale[i]) = (mean, square > 0.0 ? Math.Sqrt(square) : 1.0);
        }

        return (center, scale);
    }

    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
            {
                return i;
            }
        }

        return -1;
    }
}
