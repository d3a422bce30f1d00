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
        List<string> differences = EventComparison.Differences((EnsemblePlan)plan, out int events);
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

        List<string> differences = EventComparison.Differences(plan, out _);
        Assert.That(differences, Is.Empty, string.Join(Environment.NewLine, differences.Take(20)));
    }
}
