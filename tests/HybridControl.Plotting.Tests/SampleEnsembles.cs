using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Statistics;
using HybridControl.Requirements;
using HybridControl.Symbolics;

namespace HybridControl.Plotting.Tests;

/// <summary>Ensembles whose trajectories are closed forms of their samples.</summary>
internal static class SampleEnsembles
{
    private static readonly HybridAutomaton Ball = HybridAutomaton.Build("ball", h =>
    {
        var y = h.State("y", initial: 10, unit: "m");
        var v = h.State("v", unit: "m/s");
        var e = h.Parameter("e", 0.8);
        var fall = h.Mode("fall").Flow((y, v), (v, -9.81)).Invariant(y >= 0);
        h.Transition(fall, fall, "bounce").Guard(y <= 0 & v < 0).Reset(v, -e * v);
    });

    private static readonly HybridAutomaton Capsule = HybridAutomaton.Build("capsule", h =>
    {
        var (east, north) = (h.State("east", unit: "m"), h.State("north", unit: "m"));
        var (wind, side, delay) = (h.Parameter("wind", 4), h.Parameter("side", 0), h.Parameter("delay", 3));
        var fall = h.Mode("free fall").Flow((east, north), (wind, side));
        var drogue = h.Mode("drogue");
        var main = h.Mode("main");
        var landed = h.Mode("landed");
        h.Transition(fall, drogue, "drogue opens").Guard(east >= delay);
        h.Transition(drogue, main, "main opens").Guard(east >= delay);
        h.Transition(main, landed, "touchdown").Guard(north >= delay);
    });

    public static EnsembleResult Balls(long size = 3000, bool keepBlocks = true, double restitution = 0.8) => Run(
        new EnsemblePlan
        {
            Model = Ball,
            Size = size,
            Until = 6,
            Seed = 7,
            Variations = [new("e", new Normal(restitution, 0.02)), new("y", new Uniform(9, 11))],
            Recording = new()
            {
                GridTimes = [.. Enumerable.Range(0, 121).Select(k => 0.05 * k)],
                Grid = [new("y", Expr.Variable(VariableKind.State, "y"))],
                GridMode = true,
                EventSlots = 8,
            },
        },
        keepBlocks,
        (row, samples) =>
        {
            (double e, double height) = (samples[0], samples[1]);
            (double start, double up) = (0, 0);
            int bounces = 0;
            double landing = Math.Sqrt(2 * height / 9.81);
            double y0 = height;
            foreach (double t in row.Layout.GridTimes)
            {
                while (landing <= t && bounces < 40)
                {
                    row.Event(bounces, landing, 0);
                    double speed = (bounces == 0 ? Math.Sqrt(2 * 9.81 * height) : up) * e;
                    (start, up, y0) = (landing, speed, 0);
                    landing += 2 * speed / 9.81;
                    bounces++;
                }

                row.Grid(t, y0 + (up * (t - start)) - (9.81 / 2 * (t - start) * (t - start)), 0);
            }

            row.Scalar("status", 0);
            row.Scalar("jumps", bounces);
        });

    /// <summary>Landings around (1200 m, 400 m); one in fifty fails, and one in seven or so is not in the zone.</summary>
    public static EnsembleResult Landings(long size = 20_000, int alternatives = 1, bool keepBlocks = true) => Run(
        new EnsemblePlan
        {
            Model = Capsule,
            Size = size,
            Until = 300,
            Seed = 3,
            Variations = [new("wind", new Normal(4, 1)), new("side", new Normal(1, 0.7)), new("delay", new Uniform(2, 4))],
            Requirements = [new("in the zone", Expr.Variable(VariableKind.State, "east") >= 0, RequirementKind.AtEnd)],
            Alternatives = alternatives < 2
                ? []
                : [.. Enumerable.Range(1, alternatives).Select(k => new Alternative($"delay {k} s", new Dictionary<string, double> { ["delay"] = k }.ToImmutable()))],
            Recording = new() { GridTimes = [.. Enumerable.Range(0, 101).Select(k => 3.0 * k)], GridMode = true },
        },
        keepBlocks,
        (row, samples) =>
        {
            double delay = alternatives < 2 ? samples[2] : 1 + row.Alternative;
            double east = (200 * samples[0]) + (80 * delay) + (10 * samples[1] * samples[1]);
            double north = (200 * samples[1]) + (30 * delay);
            bool failed = alternatives < 2 && row.Trajectory % 50 == 0;
            row.Scalar("status", failed ? (int)TrajectoryStatus.StepTooSmall : 0);
            row.Scalar("mode", 3);
            row.Scalar("east", east);
            row.Scalar("north", north);
            row.Scalar("in the zone", Math.Sqrt(Math.Pow(east - 1000, 2) + Math.Pow(north - 300, 2)) < 400 ? 1 : 0);
            foreach (double t in row.Layout.GridTimes)
            {
                row.Grid(t, t < 4 * delay ? 0 : t < 70 + (5 * delay) ? 1 : t < 150 + (10 * samples[0]) ? 2 : 3);
            }
        });

    private static System.Collections.Immutable.ImmutableDictionary<string, double> ToImmutable(this Dictionary<string, double> values) =>
        System.Collections.Immutable.ImmutableDictionary.CreateRange(values);

    private static EnsembleResult Run(EnsemblePlan plan, bool keepBlocks, Action<SampleRow, double[]> fill)
    {
        PlanSampler sampler = PlanSampler.For(plan);
        EnsembleLayout layout = EnsembleLayout.Of(plan);
        var accumulator = new EnsembleAccumulator(layout, new StatisticsOptions { ExactMemory = 1L << 30 });
        for (long number = 0; number < sampler.BlockCount; number++)
        {
            var block = new EnsembleBlock(layout, number * EnsembleBlock.Capacity, sampler.CountOf(number));
            sampler.Fill(block);
            for (int i = 0; i < block.Count; i++)
            {
                int trajectory = i;
                fill(new SampleRow(block, i), [.. Enumerable.Range(0, layout.Samples.Length).Select(k => block.Sample(k)[trajectory])]);
            }

            accumulator.Add(block);
        }

        return accumulator.ToResult(isComplete: true, showBlocks: keepBlocks);
    }
}
