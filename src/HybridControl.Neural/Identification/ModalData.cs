using HybridControl.Diagnostics;

namespace HybridControl.Neural.Identification;

/// <summary>Experiments in units in which every input and output has mean zero and deviation one over the rows to learn from.</summary>
internal sealed class ModalData
{
    private ModalData(IdentificationData source, double heldOut, FindingList findings)
    {
        Inputs = source.InputNames.Count;
        Outputs = source.OutputNames.Count;
        int[] trainRows = [.. source.Runs.Select(run => TrainRows(source.RowsOf(run), heldOut))];
        (InputCenter, InputScale) = Scale([.. source.Runs.Select((run, i) => run.Inputs.AsMemory()[..(trainRows[i] * Inputs)])], source.InputNames, "input", findings);
        (OutputCenter, OutputScale) = Scale([.. source.Runs.Select((run, i) => run.Outputs.AsMemory()[..(trainRows[i] * Outputs)])], source.OutputNames, "output", findings);
        Runs =
        [
            .. source.Runs.Select((run, i) => new ModalRun(
                run.Name,
                Normalize(run.Inputs.AsSpan(), InputCenter, InputScale),
                Normalize(run.Outputs.AsSpan(), OutputCenter, OutputScale),
                source.RowsOf(run),
                trainRows[i])),
        ];
    }

    public int Inputs { get; }

    public int Outputs { get; }

    public double[] InputCenter { get; }

    public double[] InputScale { get; }

    public double[] OutputCenter { get; }

    public double[] OutputScale { get; }

    public ModalRun[] Runs { get; }

    /// <summary>Rows to learn from, in all runs.</summary>
    public int AllTrainRows => Runs.Sum(run => run.TrainRows);

    /// <summary>Centres and scales data that have been checked.</summary>
    public static ModalData Of(IdentificationData source, double heldOut, FindingList findings) => new(source, heldOut, findings);

    /// <summary>Rows of a run that come before its share that is held out.</summary>
    public static int TrainRows(int rows, double heldOut) => rows - (int)(heldOut * rows);

    /// <summary>Values in centred and scaled units, row by row.</summary>
    public static double[] Normalize(ReadOnlySpan<double> values, double[] center, double[] scale)
    {
        var result = new double[values.Length];
        for (int i = 0; i < result.Length; i++)
        {
            int column = i % center.Length;
            result[i] = (values[i] - center[column]) / scale[column];
        }

        return result;
    }

    private static (double[] Center, double[] Scale) Scale(
        IReadOnlyList<ReadOnlyMemory<double>> parts, IReadOnlyList<string> names, string kind, FindingList findings)
    {
        var center = new double[names.Count];
        var scale = new double[names.Count];
        for (int column = 0; column < names.Count; column++)
        {
            (double mean, double square, int count) = (0.0, 0.0, 0);
            foreach (ReadOnlyMemory<double> part in parts)
            {
                for (int i = column; i < part.Length; i += names.Count)
                {
                    double value = part.Span[i];
                    if (!double.IsNaN(value))
                    {
                        count++;
                        double step = value - mean;
                        mean += step / count;
                        square += step * (value - mean);
                    }
                }
            }

            double deviation = count > 1 ? Math.Sqrt(square / count) : 0.0;
            if (!(deviation > 1e-12 * Math.Abs(mean)) || !double.IsFinite(deviation))
            {
                findings.Error($"data, {kind} '{names[column]}'", "it does not change, or its numbers are too large, in the rows to learn from", $"Leave this {kind} out, or move it.");
            }

            (center[column], scale[column]) = (mean, deviation);
        }

        return (center, scale);
    }
}
