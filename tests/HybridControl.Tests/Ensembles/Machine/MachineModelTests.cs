using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Machine;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Tests.Models;
using HybridControl.Tests.Serialization;

namespace HybridControl.Tests.Ensembles.Machine;

/// <summary>A machine takes the transitions that the ordinary simulator takes, at the same times.</summary>
public class MachineModelTests
{
    private static IEnumerable<string> Models() =>
        Directory.GetFiles(Repository.At("models"), "*.json").Select(path => Path.GetFileNameWithoutExtension(path)!).Order();

    [TestCaseSource(nameof(Models))]
    public void Events_and_times_are_those_of_the_simulator(string name)
    {
        HybridAutomaton model = ModelLibrary.Load(name);
        double until = Math.Min(model.Experiment?.Until ?? 10.0, 60.0);
        ImmutableArray<Parameter> varied = [.. model.Parameters.Where(parameter => parameter.Value != 0.0)];
        EnsemblePlan plan = MachineRun.PlanOf(model, until, ModelLibrary.Tight) with
        {
            Commands = model.Experiment?.Commands ?? [],
            Variations = [.. varied.Select(parameter => new Variation(parameter.Name, new Anything()))],
            MaxSteps = 100_000,
        };
        Assume.That(MachineCompiler.Check(plan), Is.Empty);
        TrajectoryMachine machine = MachineCompiler.Compile(plan, 0);
        var random = new Random(7);
        for (int trial = 0; trial < 24; trial++)
        {
            double[] samples = [.. varied.Select(p => p.Value * (1.0 + (trial == 0 ? 0.0 : 0.02 * (random.NextDouble() - 0.5))))];
            MachineRun run = MachineRun.Of(
                plan, machine, (place, draw) => Philox4x32.Uniform(0, 0, SampleStreams.Model + (uint)place, draw), samples);
            var options = new SimulationOptions
            {
                Solver = ModelLibrary.Tight,
                Zeno = ZenoPolicy.Stop,
                Values = varied.Select((p, i) => KeyValuePair.Create(p.Name, samples[i])).ToImmutableDictionary(),
            };
            Trajectory expected = Scenario.For(model).TrySimulate(until, options);
            string where = $"{name}, trial {trial}: {expected.Status} {expected.Reason}";
            Assert.That(run.Events, Is.EqualTo(expected.Jumps.Select(jump => jump.Transition).ToArray()), where);
            for (int i = 0; i < run.EventTimes.Length; i++)
            {
                Assert.That(run.EventTimes[i], Is.EqualTo(expected.Jumps[i].Time).Within(1e-8 * Math.Max(1.0, expected.Jumps[i].Time)), where);
            }

            Assert.That(run.Status.ToString(), Is.EqualTo(expected.Status.ToString()), where);
            Assert.That(run.Mode, Is.EqualTo(expected.At(expected.EndTime).Mode), where);
        }
    }

    private sealed record Anything : Distribution
    {
        public override string? Problem => null;

        public override double Quantile(double p) => throw new NotSupportedException();
    }
}
