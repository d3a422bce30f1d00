using System.Collections.Immutable;
using System.Globalization;
using HybridControl.Neural.Explanation;
using HybridControl.Neural.Identification;
using HybridControl.Plotting;
using Spectre.Console;

namespace HybridControl.Cli.Training;

/// <summary>An identified system in words, numbers and a picture.</summary>
internal static class SsmReport
{
    public static void Write(IdentificationData data, SsmFit fit, double seconds, Terminal terminal)
    {
        WriteData(data, terminal);
        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{fit.Training.Losses.Length} evaluations in {seconds:F1} s, the best one {fit.Training.BestIteration}. Poles, {fit.Model.Order} in all:"));
        terminal.WriteTable(Poles(fit.Model));
        SsmScore score = fit.HeldOut ?? fit.Trained;
        WriteFits(data, score.FreeRun, score.OneStep, fit.HeldOut is not null, terminal);
    }

    public static void Write(IdentificationData data, SequenceFit fit, double seconds, Terminal terminal)
    {
        WriteData(data, terminal);
        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{fit.Training.Losses.Length} evaluations in {seconds:F1} s, the best one {fit.Training.BestIteration}. Layers, before their gates:"));
        for (int i = 0; i < fit.System.Layers; i++)
        {
            ImmutableArray<ModeSummary> modes = fit.System.Layer(i).Summaries();
            terminal.Output.WriteLine(
                $"  layer {i + 1}: {modes.Length} modes, {Number(modes.Min(mode => mode.NaturalFrequency))} to {Number(modes.Max(mode => mode.NaturalFrequency))} rad/s, " +
                $"time constants {Number(modes.Min(mode => mode.TimeConstant))} to {Number(modes.Max(mode => mode.TimeConstant))} s");
        }

        WriteFits(data, fit.HeldOut ?? fit.Trained, null, fit.HeldOut is not null, terminal);
    }

    /// <summary>Outputs of the first run, and what the system makes of its inputs alone.</summary>
    public static StackedPlot Plot(IdentificationData data, ReadOnlySpan<double> foretold)
    {
        int m = data.OutputNames.Count;
        int rows = data.RowsOf(data.Runs[0]);
        double[] times = [.. Enumerable.Range(0, rows).Select(k => k * data.SamplePeriod)];
        var curves = new List<(string Name, IReadOnlyList<double> Values)>();
        for (int o = 0; o < m; o++)
        {
            curves.Add((data.OutputNames[o], Column(data.Runs[0].Outputs.AsSpan(), o, m)));
            curves.Add(($"{data.OutputNames[o]}, system", Column(foretold, o, m)));
        }

        return LayerPlots.Traces(times, curves, string.Join(", ", data.OutputNames));
    }

    private static void WriteData(IdentificationData data, Terminal terminal)
    {
        string runs = data.Runs.Count == 1 ? "one run" : $"{data.Runs.Count} runs";
        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{data.Runs.Sum(data.RowsOf)} rows of {runs}, every {data.SamplePeriod:G6} s; from {string.Join(", ", data.InputNames)} to {string.Join(", ", data.OutputNames)}."));
    }

    private static void WriteFits(IdentificationData data, OutputScore freeRun, OutputScore? oneStep, bool heldOut, Terminal terminal)
    {
        terminal.Output.WriteLine($"Fit on {(heldOut ? $"the last {freeRun.Rows} rows, which were held out" : "the rows it was trained on")}:");
        for (int o = 0; o < data.OutputNames.Count; o++)
        {
            string step = oneStep is null ? "" : string.Create(CultureInfo.InvariantCulture, $"one step {oneStep.Fit[o]:F1} % (error {oneStep.Error[o]:G4}), ");
            terminal.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  {data.OutputNames[o],-12}{step}from inputs alone {freeRun.Fit[o]:F1} % (error {freeRun.Error[o]:G4})"));
        }
    }

    private static Table Poles(SsmModel model)
    {
        var table = new Table();
        foreach (string title in new[] { "pole, 1/s", "frequency, rad/s", "damping", "time constant, s", "energy, %" })
        {
            table.AddColumn(new TableColumn(title).RightAligned());
        }

        foreach (ModeSummary mode in model.ToPlant().Summaries())
        {
            string pole = mode.Pole.Imaginary == 0.0 ? Number(mode.Pole.Real) : $"{Number(mode.Pole.Real)} ± {Number(mode.Pole.Imaginary)}i";
            table.AddRow(pole, Number(mode.NaturalFrequency), Number(mode.Damping), Number(mode.TimeConstant), string.Create(CultureInfo.InvariantCulture, $"{100.0 * mode.EnergyShare:F1}"));
        }

        return table;
    }

    private static double[] Column(ReadOnlySpan<double> values, int column, int width)
    {
        var result = new double[values.Length / width];
        for (int k = 0; k < result.Length; k++)
        {
            result[k] = values[(k * width) + column];
        }

        return result;
    }

    private static string Number(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}
