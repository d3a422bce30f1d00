using HybridControl.Ensembles.Lanes;
using HybridControl.Ensembles.Machine;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Ensembles.Lanes;

/// <summary>Lane code against the interpreter, and the widths against each other.</summary>
public sealed unsafe class LaneCompilerTests
{
    private static readonly LaneWidth[] Vectors = [LaneWidth.Vector256, LaneWidth.Vector512];
    private static readonly Expr X = RandomExpressions.Variables[0];
    private static readonly Expr Y = RandomExpressions.Variables[1];
    private static readonly Expr Z = RandomExpressions.Variables[2];
    private static readonly Expr P = RandomExpressions.Variables[4];

    [TestCaseSource(nameof(Vectors))]
    public void Vectors_give_the_bits_of_the_scalar_code_on_random_expressions(LaneWidth width)
    {
        LaneRig.Require(width);
        for (int seed = 0; seed < 150; seed++)
        {
            TrajectoryMachine machine = RandomMachine(seed, smooth: false);
            using var vectors = new LaneRig(machine, width);
            using var scalar = new LaneRig(machine, LaneWidth.Scalar);
            vectors.Fill(seed);
            vectors.Run();
            for (int lane = 0; lane < vectors.Lanes; lane++)
            {
                scalar.Fill(seed, lane);
                scalar.Run();
                Assert.That(Bits(vectors.Column(lane)), Is.EqualTo(Bits(scalar.Column(0))), $"seed {seed}, lane {lane}");
            }
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Scalar_code_agrees_with_the_interpreter_within_rounding_on_smooth_expressions(bool contract)
    {
        for (int seed = 0; seed < 300; seed++)
        {
            TrajectoryMachine machine = RandomMachine(seed, smooth: true);
            using var compiled = new LaneRig(machine, LaneWidth.Scalar, contract);
            using var interpreted = new LaneRig(machine, InterpretedLanes.Compile(machine, 0, 1), 1);
            compiled.Fill(seed);
            interpreted.Fill(seed);
            compiled.Run();
            interpreted.Run();
            double[] expected = interpreted.Column(0);
            double[] found = compiled.Column(0);
            for (int row = 0; row < found.Length; row++)
            {
                // Smooth expressions of depth 5 magnify a rounding by some thousands at most.
                double tolerance = 1e-11 * Math.Max(1.0, Math.Abs(expected[row]));
                Assert.That(found[row], Is.EqualTo(expected[row]).Within(tolerance), $"seed {seed}, row {row}");
            }
        }
    }

    [TestCaseSource(nameof(Vectors))]
    public void Lanes_that_take_no_part_keep_every_register(LaneWidth width)
    {
        LaneRig.Require(width);
        foreach (bool repeats in new[] { false, true })
        {
            TrajectoryMachine machine = LaneRig.Machine([Y + 1.0, Z * X, X], repeats, repeats ? 0.0 - P : null);
            using var rig = new LaneRig(machine, width);
            rig.Fill(1);
            double[][] before = [.. Enumerable.Range(0, rig.Lanes).Select(rig.Column)];
            for (int lane = 0; lane < rig.Lanes; lane += 3)
            {
                rig.Mask[lane] = 0;
                rig[4, lane] = before[lane][4] = -1.0;
            }

            for (int lane = 0; lane < rig.Lanes; lane++)
            {
                rig[4, lane] = before[lane][4] = lane % 3 == 0 ? -1.0 : 1.0;
            }

            Assert.That(rig.Run(), Is.Zero);
            for (int lane = 0; lane < rig.Lanes; lane++)
            {
                double[] after = rig.Column(lane);
                double[] old = before[lane];
                double[] expected = lane % 3 == 0 ? old : [old[1] + 1.0, old[2] * old[0], old[0], .. old[3..]];
                Assert.That(after, Is.EqualTo(expected), $"lane {lane}, repeats {repeats}");
            }
        }
    }

    [TestCase(LaneWidth.Scalar)]
    [TestCase(LaneWidth.Vector256)]
    [TestCase(LaneWidth.Vector512)]
    public void Loop_ends_lane_by_lane_leaves_when_few_go_on_and_may_be_entered_again(LaneWidth width)
    {
        LaneRig.Require(width);
        foreach (bool large in new[] { false, true })
        {
            // x counts down to zero or below; y counts passes. The long version has too many operations for two copies.
            Expr busy = large ? Enumerable.Range(0, 500).Aggregate(Z, (sum, i) => (sum * 0.5) + i) : Z;
            TrajectoryMachine machine = LaneRig.Machine([X - 1.0, Y + 1.0, busy], true, X - 1.5);
            foreach (int leaveAt in new[] { 0, 1, 5, 16 })
            {
                using var rig = new LaneRig(machine, width);
                rig.Fill(2);
                for (int lane = 0; lane < rig.Lanes; lane++)
                {
                    rig[0, lane] = 3.0 + lane;
                    rig[1, lane] = 0.0;
                }

                int calls = 0;
                int looping;
                int previous = rig.Lanes;
                do
                {
                    looping = rig.Run(leaveAt);
                    int active = Enumerable.Range(0, rig.Lanes).Count(lane => rig.Mask[lane] == -1);
                    Assert.That(looping, Is.EqualTo(active).And.LessThanOrEqualTo(Math.Min(leaveAt, previous)));
                    previous = looping;
                    calls++;
                }
                while (looping > 0);
                for (int lane = 0; lane < rig.Lanes; lane++)
                {
                    Assert.That(rig[0, lane], Is.Zero, $"x of lane {lane}");
                    Assert.That(rig[1, lane], Is.EqualTo(3.0 + lane), $"passes of lane {lane}");
                    Assert.That(rig.Mask[lane], Is.Zero);
                }

                Assert.That(calls, leaveAt == 0 ? Is.EqualTo(1) : Is.GreaterThan(1), $"calls, leave at {leaveAt}");
            }
        }
    }

    [TestCase(LaneWidth.Scalar)]
    [TestCase(LaneWidth.Vector256)]
    [TestCase(LaneWidth.Vector512)]
    public void Targets_are_assigned_all_at_once_and_a_condition_of_NaN_ends_the_loop(LaneWidth width)
    {
        LaneRig.Require(width);
        foreach (bool repeats in new[] { false, true })
        {
            TrajectoryMachine machine = LaneRig.Machine([Y, Z, X], repeats, repeats ? Expr.Log(-1.0 - Expr.Square(X)) : null);
            using var rig = new LaneRig(machine, width);
            rig.Fill(3);
            double[][] before = [.. Enumerable.Range(0, rig.Lanes).Select(rig.Column)];
            Assert.That(rig.Run(), Is.Zero);
            for (int lane = 0; lane < rig.Lanes; lane++)
            {
                double[] old = before[lane];
                Assert.That(rig.Column(lane), Is.EqualTo((double[])[old[1], old[2], old[0], .. old[3..]]), $"lane {lane}");
            }
        }
    }

    [TestCase(LaneWidth.Scalar)]
    [TestCase(LaneWidth.Vector256)]
    [TestCase(LaneWidth.Vector512)]
    public void A_loop_agrees_with_its_pass_run_again_and_again(LaneWidth width)
    {
        LaneRig.Require(width);
        for (int seed = 0; seed < 40; seed++)
        {
            // d counts passes and nothing assigns p, q, u and t, so that some work can leave the loop.
            var random = new RandomExpressions(seed) { AvoidBranchCut = true };
            Expr[] targets = [random.NextSmooth(3), random.NextSmooth(3), random.NextSmooth(3), RandomExpressions.Variables[3] - 1.0];
            using var loop = new LaneRig(LaneRig.Machine(targets, true, RandomExpressions.Variables[3] - 1.5), width);
            using var once = new LaneRig(LaneRig.Machine(targets), width);
            loop.Fill(seed);
            once.Fill(seed);
            for (int lane = 0; lane < loop.Lanes; lane++)
            {
                loop[3, lane] = once[3, lane] = 1.0 + (lane % 4);
            }

            loop.Run();
            for (int pass = 1; pass <= 4; pass++)
            {
                once.Run();
                for (int lane = 0; lane < once.Lanes; lane++)
                {
                    once.Mask[lane] = once[3, lane] > 0.5 ? -1 : 0;
                }
            }

            for (int lane = 0; lane < loop.Lanes; lane++)
            {
                Assert.That(loop.Column(lane), Is.EqualTo(once.Column(lane)).Within(1e-9).Percent, $"seed {seed}, lane {lane}");
            }
        }
    }

    [TestCase(LaneWidth.Scalar)]
    [TestCase(LaneWidth.Vector256)]
    [TestCase(LaneWidth.Vector512)]
    public void Indices_and_values_of_stores_stand_behind_the_registers(LaneWidth width)
    {
        LaneRig.Require(width);
        TrajectoryMachine machine = LaneRig.Machine([X + 1.0], stores: [Y, X * 2.0, 7.0, Z]);
        using var rig = new LaneRig(machine, width);
        rig.Fill(4);
        double[] before = rig.Column(rig.Lanes - 1);
        rig.Run();
        double[] after = rig.Column(rig.Lanes - 1);
        Assert.That(after[machine.RegisterCount..], Is.EqualTo(new[] { before[1], before[0] * 2.0, 7.0, before[2] }));
    }

    [TestCase(LaneWidth.Scalar)]
    [TestCase(LaneWidth.Vector256)]
    [TestCase(LaneWidth.Vector512)]
    public void Code_allocates_nothing(LaneWidth width)
    {
        LaneRig.Require(width);
        Expr lookup = Expr.Lookup(RandomExpressions.Tables[0], X);
        TrajectoryMachine machine = LaneRig.Machine([Expr.Sin(X) + lookup, Expr.Power(Expr.Abs(Y), X)], true, -1.0);
        using var rig = new LaneRig(machine, width);
        rig.Fill(5);
        rig.Run();
        Allocations.None(
            () =>
            {
                for (int lane = 0; lane < rig.Lanes; lane++)
                {
                    rig.Mask[lane] = -1;
                }

                rig.Run();
            },
            calls: 5000);
    }

    [Test]
    public void Programs_compiled_together_equal_programs_compiled_alone()
    {
        TrajectoryMachine one = RandomMachine(6, smooth: true);
        TrajectoryMachine two = LaneRig.Machine([Expr.Lookup(RandomExpressions.Tables[1], X), Expr.Lookup(RandomExpressions.Tables[0], Y)]);
        TrajectoryMachine both = one with { Programs = [one.Programs[0], two.Programs[0]] };
        LaneFunction second = LaneCompiler.CompileAll(both, LaneWidth.Scalar)[1];
        using var together = new LaneRig(two, second, 1);
        using var alone = new LaneRig(two, LaneWidth.Scalar);
        together.Fill(6);
        alone.Fill(6);
        together.Run();
        alone.Run();
        Assert.That(together.Column(0), Is.EqualTo(alone.Column(0)));
    }

    [Test]
    public void Unfused_vectors_are_refused_with_the_remedy()
    {
        LaneRig.Require(LaneWidth.Vector256);
        TrajectoryMachine machine = LaneRig.Machine([X + 1.0]);
        Assert.That(
            () => LaneCompiler.Compile(machine, 0, LaneWidth.Vector256, contract: false),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("LaneWidth.Scalar"));
    }

    private static TrajectoryMachine RandomMachine(int seed, bool smooth)
    {
        var random = new RandomExpressions(seed) { AvoidBranchCut = true };
        Expr[] targets = [.. Enumerable.Range(0, 4).Select(_ => smooth ? random.NextSmooth(5) : random.Next(6))];
        return LaneRig.Machine(targets, stores: [1.0, smooth ? random.NextSmooth(4) : random.Next(4)]);
    }

    private static long[] Bits(double[] values) =>
        [.. values.Select(value => double.IsNaN(value) ? 0x7FF8_0000_0000_0000 : BitConverter.DoubleToInt64Bits(value))];
}
