using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Neural.Kpin;
using HybridControl.Serialization;

namespace HybridControl.Cli.Training;

/// <summary>Runs of measurements from a table, as a training takes them.</summary>
/// <remarks>The initial belief of the model holds at 0, or one step before the first row of a run that begins at 0 or earlier.</remarks>
internal static class MeasurementRuns
{
    /// <exception cref="ModelException">The file cannot be read or has faults; every one, with line and column.</exception>
    public static IReadOnlyList<KpinTrajectory> Load(string path, KpinModel model)
    {
        string[] inputs = [.. model.Automaton.Inputs.Select(input => input.Name)];
        return [.. MeasurementTable.LoadRuns(path, model.Sensor.Names, inputs).Select(run => Trajectory(path, run, model.Sensor.Count, inputs.Length))];
    }

    private static KpinTrajectory Trajectory(string path, MeasurementTable run, int sensorCount, int inputCount)
    {
        int rows = run.Times.Length;
        double[] measurements = new double[rows * sensorCount];
        double[] inputs = new double[rows * inputCount];
        for (int row = 0; row < rows; row++)
        {
            run.Read(row, measurements.AsSpan(row * sensorCount, sensorCount), inputs.AsSpan(row * inputCount, inputCount));
        }

        double first = run.Times[0];
        double step = rows > 1 ? run.Times[1] - first : 1.0;
        return new()
        {
            Name = run.Run.Length == 0 ? path : $"{path}, run {run.Run}",
            Start = first > 0.0 ? 0.0 : first - step,
            Times = run.Times,
            Measurements = [.. measurements],
            Inputs = [.. inputs],
        };
    }
}
