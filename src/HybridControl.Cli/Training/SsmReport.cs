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
        int rows = data.Runs.Sum(data.RowsOf);
        string runs = data.Runs.Count == 1 ? "one run" : $"{data.Runs.Count} runs";
        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{rows} rows of {runs}, every {data.SamplePeriod:G6} s; from {string.Join(", ", data.InputNames)} to {string.Join(", ", data.OutputNames)}."));
        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{fit.Training.Losses.Length} evaluations in {seconds:F1} s, the best one {fit.Training.BestIteration}. Poles, {fit.Model.Order} in all:"));
        terminal.WriteTable(Poles(fit.Model));
        SsmScore score = fit.HeldOut ?? fit.Trained;
        terminal.Output.WriteLine($"Fit on {(fit.HeldOut is null ? "the rows it was trained on" : $"the last {score.Rows} rows, which were held out")}:");
        for (int o = 0; o < data.OutputNames.Count; o++)
        {
            terminal.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {data.OutputNames[o],-12}one step {score.OneStepFit[o]:F1} % (error {score.OneStep[o]:G4}), from inputs alone {score.FreeRunFit[o]:F1} % (error {score.FreeRun[o]:G4})"));
        }
    }

    /// <summary>Outputs of the first run, and what the system makes of its inputs alone.</summary>
    public static LayerPlot Plot(IdentificationData data, SsmModel model, double heldOut)
    {
        int m = data.OutputNames.Count;
        int rows = data.RowsOf(data.Runs[0]);
        double[] times = [.. Enumerable.Range(0, rows).Select(k => k * data.SamplePeriod)];
        ReadOnlySpan<double> foretold = model.Foretell(data, corrects: false, heldOut)[0].AsSpan();
        var curves = new List<(string Name, IReadOnlyList<double> Values)>();
        for (int o = 0; o < m; o++)
        {
            curves.Add((data.OutputNames[o], Column(data.Runs[0].Outputs.AsSpan(), o, m)));
            curves.Add(($"{data.OutputNames[o]}, system", Column(foretold, o, m)));
        }

        return LayerPlots.Traces(times, curves, string.Join(", ", data.OutputNames));
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
