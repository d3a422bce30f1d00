using System.Collections.Immutable;
using System.Numerics;

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

    public static SsmScore Score(SsmModel model, IdentificationData data, double heldOut) => new(
        OutputScore.Of(data, Outputs(model, data, corrects: true, heldOut), heldOut),
        OutputScore.Of(data, Outputs(model, data, corrects: false, heldOut), heldOut));

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
            ModalData.TrainRows(rows, heldOut));
    }

    private static void Check(SsmModel model, IdentificationData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        data.CheckFor(model.InputNames, model.OutputNames, model.SamplePeriod);
    }
}
