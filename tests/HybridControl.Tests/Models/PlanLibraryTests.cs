using HybridControl.Ensembles;
using HybridControl.Ensembles.Machine;
using HybridControl.Requirements;
using HybridControl.Serialization;
using HybridControl.Tests.Ensembles.Machine;
using HybridControl.Tests.Serialization;

namespace HybridControl.Tests.Models;

/// <summary>The plan files: each is sound, and its trajectories are those of a closed form where there is one.</summary>
internal sealed class PlanLibraryTests
{
    private static IEnumerable<string> Plans() =>
        Directory.EnumerateFiles(Repository.At("models", "plans"), "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Plans))]
    public void Plan_is_sound_and_its_first_trajectories_do_not_fail(string name)
    {
        Assert.That(PlanFile.Check(PathOf(name)), Is.Empty);
        EnsembleResult result = Run(Load(name), 12);
        Assert.That(result.Count, Is.GreaterThanOrEqualTo(12));
        Assert.That(result.Failed, Is.Zero);
    }

    [Test]
    public void Every_requirement_is_met_by_some_trajectories_and_not_by_others()
    {
        foreach ((string name, int size) in new[] { ("bouncing-balls", 40), ("landing-dispersion", 40), ("load-shedding-risk", 60), ("batch-yield", 40), ("relief-valve-sweep", 12) })
        {
            EnsemblePlan plan = Load(name);
            EnsembleResult result = Run(plan, size);
            foreach (Requirement requirement in plan.Requirements)
            {
                Assert.That(result.Requirement(requirement.Name).Estimate, Is.InRange(0.02, 0.98), $"{name}: {requirement.Name}");
            }
        }
    }

    [Test]
    public void Balls_bounce_at_the_times_of_free_fall_from_their_heights()
    {
        EnsembleBlock block = Run(Load("bouncing-balls"), 40).Blocks[0];
        double[] expected = [.. block.Sample(1).ToArray().Select(height => Math.Sqrt(2 * height / 9.81))];
        Assert.That(block.EventTimes.Take(40), Is.EqualTo(expected).Within(1e-6));
    }

    [Test]
    public void Valves_with_a_large_feed_do_not_strike_their_seats_and_those_with_a_small_one_do()
    {
        EnsembleResult result = Run(Load("relief-valve-sweep"), 12);
        ReadOnlySpan<double> jumps = result.Blocks[0].Scalar(EnsembleLayout.Jumps);
        Assert.That(jumps[0], Is.GreaterThan(60), "chatter at a feed of 0.2");
        Assert.That(jumps[^1], Is.Zero, "a feed of 10");
    }

    [Test]
    public void Convection_dies_below_the_critical_number_and_settles_on_rolls_above()
    {
        EnsembleBlock block = Run(Load("lorenz-sweep") with { Until = 40 }, 22).Blocks[0];
        ReadOnlySpan<double> x = block.Scalar(block.Layout.FirstState);
        for (int i = 0; i < block.Count; i++)
        {
            double rho = block.Sample(0)[i];
            if (rho is < 0.9 or (> 2 and < 10))
            {
                double roll = rho < 1 ? 0 : Math.Sqrt(8.0 / 3.0 * (rho - 1));
                Assert.That(Math.Abs(x[i]), Is.EqualTo(roll).Within(1e-2), $"rho = {rho}");
            }
        }
    }

    /// <summary>Batches and load shedding have timers, landings noise, valves an accumulation of events: all of it must run on lanes and kernels too.</summary>
    [TestCaseSource(nameof(Plans))]
    public void Plan_runs_as_a_machine_and_ends_where_the_simulator_ends(string name)
    {
        EnsemblePlan plan = Small(Load(name), 4);

        // Where impacts accumulate, rounding grows: after several chatters a valve keeps neither its count nor its phase.
        plan = name == "relief-valve-sweep" ? plan with { Until = 10 } : plan;
        Assert.That(MachineCompiler.Check(plan), Is.Empty);
        EnsembleBlock expected = Run(plan, 4).Blocks[0];
        PlanSampler sampler = PlanSampler.For(plan);
        int states = plan.Model.States.Length;
        for (int i = 0; i < expected.Count; i++)
        {
            int trajectory = i;
            double[] samples = [.. Enumerable.Range(0, plan.Variations.Length).Select(varied => expected.Sample(varied)[trajectory])];
            MachineRun run = MachineRun.Of(
                plan, i % plan.AlternativeCount, (noise, draw) => sampler.Noise(noise, trajectory / plan.AlternativeCount, draw), samples);
            double[] ends = [.. Enumerable.Range(0, states).Select(state => expected.Scalar(expected.Layout.FirstState + state)[trajectory])];
            Assert.Multiple(() =>
            {
                Assert.That(run.Status, Is.EqualTo((TrajectoryStatus)(int)expected.Scalar(EnsembleLayout.Status)[trajectory]));
                Assert.That(run.Jumps, Is.EqualTo((int)expected.Scalar(EnsembleLayout.Jumps)[trajectory]), $"jumps of trajectory {trajectory}");
                Assert.That(
                    plan.Model.States.Select((state, k) => (run[state.Name] - ends[k]) / Math.Max(1, Math.Abs(ends[k]))),
                    Is.All.EqualTo(0).Within(1e-4), $"trajectory {trajectory}");
            });
        }
    }

    private static string PathOf(string name) => Repository.At("models", "plans", name + ".json");

    private static EnsemblePlan Load(string name) => PlanFile.Load(PathOf(name));

    /// <summary>Runs a few trajectories of a plan; a sweep keeps its ends.</summary>
    private static EnsembleResult Run(EnsemblePlan plan, int size) =>
        Small(plan, size).Run(new SimulatorEnsembleBackend(), new EnsembleRunOptions { KeepBlocks = true });

    private static EnsemblePlan Small(EnsemblePlan plan, int size) => plan.Design == SamplingDesign.Grid
        ? plan with { Size = size, Variations = [.. plan.Variations.Select(varied => varied with { Distribution = Ends((GridPoints)varied.Distribution, size) })] }
        : plan with { Size = size };

    private static GridPoints Ends(GridPoints points, int count) => GridPoints.Linear(points.Values[0], points.Values[^1], count);
}
