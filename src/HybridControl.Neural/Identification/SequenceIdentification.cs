using HybridControl.Diagnostics;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Training;

namespace HybridControl.Neural.Identification;

/// <summary>Identifies a nonlinear system from inputs and outputs: a stack of gated S5 layers, in double precision.</summary>
/// <remarks>
/// Trained on the mean square error of what the stack makes of the inputs of whole runs alone, from first row to last, so that nothing is
/// learned that drifts later. Time constants of layers begin between two samples and a tenth of the shortest run. The result is a function of data, settings and seed.
/// Begin with <see cref="SsmIdentification"/>: a linear system needs fewer data and says more. Immutable and thread-safe.
/// </remarks>
public sealed record SequenceIdentification
{
    /// <summary>Number of layers.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Numbers between layers.</summary>
    public int Width { get; init; } = 12;

    /// <summary>Modes of each layer: pairs of poles.</summary>
    public int Modes { get; init; } = 6;

    /// <summary>Rows at the start of each run that do not count: states begin at zero.</summary>
    public int WarmUp { get; init; } = 20;

    /// <summary>Share of each run, at its end, that is held out: it tells which numbers are best and how good they are.</summary>
    public double HeldOut { get; init; } = 0.25;

    /// <summary>Seed of the first numbers.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Steps, rates, patience and checkpoints; each run is a shard. Poles and steps of layers move at three tenths of the rate and do not decay.</summary>
    public Trainer Trainer { get; init; } = new()
    {
        Iterations = 300,
        Rate = new WarmupSchedule(20, new CosineSchedule(1e-2, 1e-4)),
        Groups = [.. ParameterGroup.StateSpace(0.3)],
    };

    /// <summary>Identifies a system.</summary>
    /// <param name="data">Inputs and outputs.</param>
    /// <param name="cancellation">Stops between iterations; what was found is kept.</param>
    /// <exception cref="ModelException">Data or settings are not sound; with every finding.</exception>
    public SequenceFit Fit(IdentificationData data, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        var findings = new FindingList();
        data.Check(findings);
        Check(findings);
        ThrowIfAny(findings);
        ModalData scaled = ModalData.Of(data, HeldOut, findings);
        ThrowIfAny(findings);
        int rows = scaled.Runs.Min(run => run.TrainRows);
        if (rows < WarmUp + 2)
        {
            throw new ModelException("data.rows", $"{rows} rows to learn from in a run leave none after {WarmUp} rows of warm-up", "Give longer runs, or a shorter warm-up.");
        }

        var model = new SequenceModel(SequenceSystem.Describe(scaled.Inputs, scaled.Outputs, Layers, Width, Modes));
        model.Initialize(Seed);
        SpreadSteps(model.Parameters, rows);
        TrainingResult training = (Trainer with { ShardSize = 1 }).Run(new SequenceTask(scaled, model, WarmUp), model.Parameters, cancellation);
        var system = new SequenceSystem(model, data.SamplePeriod, data.InputNames, data.OutputNames, scaled);
        return new(system, training, system.Evaluate(data.Leading(HeldOut)), HeldOut > 0.0 ? system.Evaluate(data, HeldOut) : null);
    }

    private void Check(FindingList findings)
    {
        foreach ((string name, int value, int least, int most) in new[]
        {
            ("layers", Layers, 1, 64), ("width", Width, 1, 1024), ("modes", Modes, 1, 1024), ("warmUp", WarmUp, 0, 1 << 20),
        })
        {
            if (value < least || value > most)
            {
                findings.Error($"identification.{name}", $"{value} is not between {least} and {most}", "Give a number in between.");
            }
        }

        if (!(HeldOut >= 0.0 && HeldOut <= 0.9))
        {
            findings.Error("identification.heldOut", FormattableString.Invariant($"{HeldOut} is not between 0 and 0.9"), "Give a share of the rows.");
        }
    }

    // Real parts of Lambda begin at a half: a step of 2 / tau gives a time constant of tau samples.
    private static void SpreadSteps(ParameterSet parameters, int rows)
    {
        double longest = Math.Max(0.1 * rows, 4.0);
        foreach (Parameter parameter in parameters.Parameters.Where(parameter => parameter.Name.EndsWith(".log_step", StringComparison.Ordinal)))
        {
            Span<double> steps = parameters.ValuesOf(parameter);
            for (int i = 0; i < steps.Length; i++)
            {
                steps[i] = -Math.Log(longest / 2.0) * i / Math.Max(steps.Length - 1, 1);
            }
        }
    }

    private static void ThrowIfAny(FindingList findings)
    {
        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }
    }
}
