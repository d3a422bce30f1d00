using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Diagnostics;

namespace HybridControl.Neural.Identification;

/// <summary>Runs an identified system along data.</summary>
internal static class SsmEvaluation
{
    // The part of a run that tells where it starts, if nobody says.
    private const double StartShare = 0.25;

    public static AnomalyScore Anomalies(SsmModel model, IdentificationData data)
    {
        Check(model, data);
        int m = model.OutputNames.Length;
        int p = model.InputNames.Length;
        var scores = ImmutableArray.CreateBuilder<double>();
        var output = new double[m];
        foreach (IdentificationRun run in data.Runs)
        {
            SsmFilter filter = model.Start();
            int rows = data.RowsOf(run);
            Start(model, Centered(model, data, run, 0.0), (int)(StartShare * rows)).CopyTo(filter.State);
            for (int k = 0; k < rows; k++)
            {
                filter.Predict(run.Inputs.AsSpan().Slice(k * p, p), output);
                filter.Correct(run.Outputs.AsSpan().Slice(k * m, m));
                scores.Add(filter.NormalizedInnovation);
            }
        }

        return new(m, scores.ToImmutable());
    }

    public static ImmutableArray<ImmutableArray<double>> Outputs(SsmModel model, IdentificationData data, bool corrects, double heldOut)
    {
        Check(model, data);
        return [.. data.Runs.Select(run => Outputs(model, Centered(model, data, run, heldOut), corrects))];
    }

    private static ImmutableArray<double> Outputs(SsmModel model, ModalRun run, bool corrects)
    {
        ModalPass pass = model.System.Follow(run, Start(model, run, run.TrainRows), corrects);
        int m = model.OutputNames.Length;
        return [.. Enumerable.Range(0, run.Rows * m).Select(i => model.OutputCenter[i % m] + pass.Output(i / m)[i % m])];
    }

    public static SsmScore Score(SsmModel model, IdentificationData data, double heldOut)
    {
        Check(model, data);
        ModalRun[] runs = [.. data.Runs.Select(run => Centered(model, data, run, heldOut))];
        Complex[][] initial = [.. runs.Select(run => Start(model, run, run.TrainRows))];
        ModalPass[] free = [.. runs.Select((run, i) => model.System.Follow(run, initial[i], corrects: false))];
        ModalPass[] steps = [.. runs.Select((run, i) => model.System.Follow(run, initial[i], corrects: true))];
        bool part = heldOut > 0.0;
        double[] spread = Errors(runs, null, model.OutputNames.Length, part);
        double[] oneStep = Errors(runs, steps, spread.Length, part);
        double[] freeRun = Errors(runs, free, spread.Length, part);
        return new(
            [.. oneStep],
            [.. freeRun],
            [.. oneStep.Select((error, o) => 100.0 * (1.0 - (error / spread[o])))],
            [.. freeRun.Select((error, o) => 100.0 * (1.0 - (error / spread[o])))],
            runs.Sum(run => part ? run.Rows - run.TrainRows : run.Rows));
    }

    // Root mean square errors, or deviations from the mean where there are no passes.
    private static double[] Errors(ModalRun[] runs, ModalPass[]? passes, int m, bool heldOut)
    {
        var result = new double[m];
        for (int o = 0; o < m; o++)
        {
            var values = new List<double>();
            for (int r = 0; r < runs.Length; r++)
            {
                for (int k = heldOut ? runs[r].TrainRows : 0; k < runs[r].Rows; k++)
                {
                    double z = runs[r].Outputs[(k * m) + o];
                    if (!double.IsNaN(z))
                    {
                        values.Add(passes is null ? z : passes[r].Error(k)[o]);
                    }
                }
            }

            double mean = passes is null && values.Count > 0 ? values.Average() : 0.0;
            result[o] = values.Count == 0 ? double.NaN : Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        }

        return result;
    }

    private static Complex[] Start(SsmModel model, ModalRun run, int rows) =>
        new ModalRegression(model.InputNames.Length, model.OutputNames.Length, model.System.Exponents).Initial(model.System, run, rows);

    private static ModalRun Centered(SsmModel model, IdentificationData data, IdentificationRun run, double heldOut)
    {
        int rows = data.RowsOf(run);
        double[] Ones(int count) => [.. Enumerable.Repeat(1.0, count)];
        return new(
            run.Name,
            ModalData.Normalize(run.Inputs.AsSpan(), [.. model.InputCenter], Ones(model.InputCenter.Length)),
            ModalData.Normalize(run.Outputs.AsSpan(), [.. model.OutputCenter], Ones(model.OutputCenter.Length)),
            rows,
            rows - (int)(heldOut * rows));
    }

    private static void Check(SsmModel model, IdentificationData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var findings = new FindingList();
        data.Check(findings);
        Compare("inputs", model.InputNames, data.InputNames, findings);
        Compare("outputs", model.OutputNames, data.OutputNames, findings);
        if (!(Math.Abs(data.SamplePeriod - model.SamplePeriod) <= 1e-4 * model.SamplePeriod))
        {
            findings.Error(
                "data.samplePeriod",
                FormattableString.Invariant($"the data have a row every {data.SamplePeriod} s, the system was learned with {model.SamplePeriod} s"),
                "Resample the data, or learn the system anew.");
        }

        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }
    }

    private static void Compare(string what, IEnumerable<string> expected, IEnumerable<string> found, FindingList findings)
    {
        if (!expected.SequenceEqual(found))
        {
            findings.Error($"data.{what}", $"they are {string.Join(", ", found)}; the system has {string.Join(", ", expected)}", "Name them in the order of the system.");
        }
    }
}
