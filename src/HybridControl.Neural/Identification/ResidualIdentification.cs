using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Neural.Autodiff;
using HybridControl.Neural.InTheLoop;
using HybridControl.Neural.Training;
using HybridControl.Numerics;

namespace HybridControl.Neural.Identification;

/// <summary>Learns what the flow of a mode lacks: dx/dt = f(x, u) + r(x, u), with r a small network, from measured states.</summary>
/// <remarks>
/// The network is trained through the integration of the sum over some samples, by the classical rule of order four: what it learns belongs to the
/// flow and not to a sample period, so that its expressions can be added to the flow of the mode. It begins at zero: the model as it was. The
/// result is a function of data, settings and seed. Immutable and thread-safe.
/// </remarks>
public sealed record ResidualIdentification
{
    /// <summary>Widths of the hidden layers, one at least.</summary>
    public ImmutableArray<int> Hidden { get; init; } = [16];

    /// <summary>States whose rate is corrected; empty for all of them.</summary>
    public ImmutableArray<string> Corrected { get; init; } = [];

    /// <summary>Samples that a prediction goes over, from one measured state.</summary>
    public int Horizon { get; init; } = 2;

    /// <summary>Steps of the integration within a sample.</summary>
    public int Substeps { get; init; } = 1;

    /// <summary>Share of each run, at its end, that is held out: it tells which weights are best and how good they are.</summary>
    public double HeldOut { get; init; } = 0.25;

    /// <summary>Seed of the first weights.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Steps, rates, patience and checkpoints.</summary>
    public Trainer Trainer { get; init; } = new() { Iterations = 500, Rate = new WarmupSchedule(10, new CosineSchedule(3e-2, 5e-4)), ShardSize = 128 };

    /// <summary>Learns a term.</summary>
    /// <param name="automaton">The model.</param>
    /// <param name="mode">The mode that was measured.</param>
    /// <param name="data">Its states are outputs, by name; inputs that both have by name are held from their row on.</param>
    /// <param name="cancellation">Stops between iterations; what was found is kept.</param>
    /// <exception cref="ModelException">Model, data or settings are not sound; with every finding.</exception>
    public ResidualFit Fit(HybridAutomaton automaton, string mode, IdentificationData data, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(automaton);
        ArgumentNullException.ThrowIfNull(data);
        var findings = new FindingList();
        data.Check(findings);
        Check(findings);
        ThrowIfAny(findings);
        var flow = new ModeFlow(automaton, mode);
        ResidualSamples samples = ResidualSamples.Of(data, flow, HeldOut, Horizon, findings);
        int[] corrected = Places(flow, findings);
        ThrowIfAny(findings);

        var network = new ResidualNetwork(samples, corrected, Hidden.AsSpan(), Seed);
        var task = new ResidualTask(() => new ModeFlow(automaton, mode), samples, network, Horizon, Substeps);
        ResidualScores before = task.Score();
        TrainingResult training = Trainer.Run(task, network.Parameters, cancellation);
        ResidualScores after = task.Score();
        return new(
            network.ToTerm(samples),
            [.. flow.StateNames],
            [.. samples.TermInputs(data)],
            [.. corrected.Select(place => flow.StateNames[place])],
            training,
            [.. before.OneStep],
            [.. after.OneStep]);
    }

    private void Check(FindingList findings)
    {
        if (Hidden.IsDefaultOrEmpty || Hidden.Any(width => width is < 1 or > 4096))
        {
            findings.Error("residual.hidden", "there is no hidden layer, or one is not of 1 to 4096 units", "Give one width at least.");
        }

        foreach ((string name, int value) in new[] { ("horizon", Horizon), ("substeps", Substeps) })
        {
            if (value < 1)
            {
                findings.Error($"residual.{name}", $"{value} is less than one", "Give 1 or more.");
            }
        }

        if (!(HeldOut >= 0.0 && HeldOut <= 0.9))
        {
            findings.Error("residual.heldOut", FormattableString.Invariant($"{HeldOut} is not between 0 and 0.9"), "Give a share of the rows.");
        }
    }

    private int[] Places(ModeFlow flow, FindingList findings)
    {
        string[] states = [.. flow.StateNames];
        foreach (string name in Corrected.Where(name => !states.Contains(name)))
        {
            findings.Error("residual.corrected", $"unknown state '{name}'", Suggestions.For(name, states));
        }

        return Corrected.IsEmpty ? [.. Enumerable.Range(0, states.Length)] : [.. Corrected.Select(name => Array.IndexOf(states, name))];
    }

    private static void ThrowIfAny(FindingList findings)
    {
        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }
    }
}
