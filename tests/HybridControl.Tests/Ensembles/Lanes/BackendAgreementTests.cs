using System.Globalization;
using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Lanes;
using HybridControl.Tests.Models;
using HybridControl.Tests.Serialization;

namespace HybridControl.Tests.Ensembles.Lanes;

/// <summary>Lanes against the ordinary simulator: the same events in the same order.</summary>
public sealed class BackendAgreementTests
{
    // Events further apart than the errors of both runs are in the same order; nearer ones may swap, and are listed.
    private const double TimeTolerance = 2e-5;

    private static readonly (string Name, Func<long, EnsemblePlan> Plan, int Exceptions)[] Families =
    [
        ("balls", EnsembleCases.Balls, 0),
        ("thermostats", EnsembleCases.Thermostats, 0),
        ("generators", EnsembleCases.Generators, 0),
        ("grids", EnsembleCases.Grids, 0),
        ("valves", EnsembleCases.Valves, 0),
        ("engines", EnsembleCases.Engines, 0),
    ];

    private static IEnumerable<TestCaseData> Plans =>
        Families.Select(family => new TestCaseData(family.Plan(4000), family.Exceptions).SetArgDisplayNames(family.Name));

    private static IEnumerable<string> ModelNames =>
        Directory.GetFiles(Repository.At("models"), "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Order();

    [TestCaseSource(nameof(Plans))]
    public void Four_thousand_trajectories_have_the_event_sequence_of_the_simulator(object plan, int exceptions)
    {
        List<string> differences = Differences((EnsemblePlan)plan, out int events);
        Assert.That(differences, Has.Count.LessThanOrEqualTo(exceptions), string.Join(Environment.NewLine, differences.Take(20)));
        Assert.That(events, Is.GreaterThan(4000));
    }

    [TestCaseSource(nameof(ModelNames))]
    public void Models_of_the_library_have_the_event_sequence_of_the_simulator(string name)
    {
        HybridAutomaton model = ModelLibrary.Load(name);
        Parameter[] varied = [.. model.Parameters.Where(parameter => parameter.Value != 0.0).Take(2)];
        var plan = new EnsemblePlan
        {
            Model = model,
            Size = 40,
            Until = Math.Min(model.Experiment?.Until ?? 1.0, 20.0),
            Commands = model.Experiment?.Commands ?? [],
            Solver = ModelLibrary.Tight,
            Variations =
            [
                .. varied.Select(p => new Variation(p.Name, new Uniform(
                    Math.Min(0.99 * p.Value, 1.01 * p.Value), Math.Max(0.99 * p.Value, 1.01 * p.Value)))),
            ],
            Recording = new() { EventSlots = 64 },
        };
        if (new CpuEnsembleBackend(1).Check(plan) is { IsEmpty: false } findings)
        {
            Assert.Ignore($"Lanes do not run it: {findings[0]}");
        }

        List<string> differences = Differences(plan, out _);
        Assert.That(differences, Is.Empty, string.Join(Environment.NewLine, differences.Take(20)));
    }

    private static List<string> Differences(EnsemblePlan plan, out int events)
    {
        List<EnsembleBlock> exact = Run(plan, new SimulatorEnsembleBackend());
        List<EnsembleBlock> lanes = Run(plan, new CpuEnsembleBackend());
        var differences = new List<string>();
        events = 0;
        for (int b = 0; b < exact.Count; b++)
        {
            for (int i = 0; i < exact[b].Count; i++)
            {
                events += (int)exact[b].Scalar(EnsembleLayout.Jumps)[i];
                if (Compare(exact[b], lanes[b], i) is { } difference)
                {
                    string sample = string.Join(", ", Enumerable.Range(0, plan.Variations.Length).Select(
                        v => string.Create(CultureInfo.InvariantCulture, $"{plan.Variations[v].Name} = {exact[b].Sample(v)[i]:R}")));
                    differences.Add($"trajectory {exact[b].First + i} ({sample}): {difference}");
                }
            }
        }

        return differences;
    }

    private static string? Compare(EnsembleBlock exact, EnsembleBlock lanes, int i)
    {
        double status = exact.Scalar(EnsembleLayout.Status)[i];
        if (lanes.Scalar(EnsembleLayout.Status)[i] != status)
        {
            return $"status {(TrajectoryStatus)lanes.Scalar(EnsembleLayout.Status)[i]}, not {(TrajectoryStatus)status}";
        }

        double jumps = exact.Scalar(EnsembleLayout.Jumps)[i];
        if (lanes.Scalar(EnsembleLayout.Jumps)[i] != jumps)
        {
            return FormattableString.Invariant($"{lanes.Scalar(EnsembleLayout.Jumps)[i]} jumps, not {jumps}");
        }

        for (int s = 0; s < Math.Min(jumps, exact.Layout.EventSlots); s++)
        {
            int at = (s * exact.Count) + i;
            if (lanes.EventTransitions[at] != exact.EventTransitions[at])
            {
                return FormattableString.Invariant($"event {s} is transition {lanes.EventTransitions[at]}, not {exact.EventTransitions[at]}");
            }

            if (!(Math.Abs(lanes.EventTimes[at] - exact.EventTimes[at]) <= TimeTolerance))
            {
                return FormattableString.Invariant($"event {s} at {lanes.EventTimes[at]:R} s, not {exact.EventTimes[at]:R} s");
            }
        }

        return null;
    }

    private static List<EnsembleBlock> Run(EnsemblePlan plan, IEnsembleBackend backend)
    {
        var blocks = new List<EnsembleBlock>();
        backend.Run(plan, 0, PlanSampler.For(plan).BlockCount, blocks.Add, CancellationToken.None);
        return blocks;
    }
}
