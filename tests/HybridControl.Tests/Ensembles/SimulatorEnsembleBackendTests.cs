using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Statistics;
using HybridControl.Requirements;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Ensembles;

public sealed class SimulatorEnsembleBackendTests
{
    private const double G = 9.81;
    private static readonly Expr Height = Expr.Variable(VariableKind.State, "y");
    private static readonly Expr Speed = Expr.Variable(VariableKind.State, "v");

    private static readonly HybridAutomaton Ball = HybridAutomaton.Build("ball", h =>
    {
        Expr y = h.State("y", initial: 10.0, unit: "m");
        Expr v = h.State("v", unit: "m/s");
        Expr e = h.Parameter("e", 0.8);
        Expr bounces = h.Discrete("bounces");
        ModeBuilder fall = h.Mode("fall").Flow((y, v), (v, -G));
        h.Transition(fall, fall).Guard(y <= 0.0 & v < 0.0).Reset(y, 0.0).Reset(v, -e * v).Reset(bounces, bounces + 1.0);
    });

    private static readonly EnsemblePlan Plan = new()
    {
        Model = Ball,
        Size = 300,
        Until = 3.0,
        Seed = 5,
        Solver = new DormandPrince5 { RelativeTolerance = 1e-10, AbsoluteTolerance = 1e-12 },
        Variations = [new("y", new Uniform(5.0, 20.0)), new("e", new Uniform(0.5, 0.9))],
    };

    [Test]
    public void Columns_of_a_ball_are_those_of_the_closed_form()
    {
        EnsemblePlan plan = Plan with
        {
            Recording = new()
            {
                GridTimes = [0.0, 0.5, 1.0, 2.9],
                Grid = [new("y", Height)],
                GridMode = true,
                Final = [new("energy", (G * Height) + (0.5 * Speed * Speed))],
                Extrema = [new("y", Height), new("v", Speed)],
                Passages = [new("low", Height <= 2.0), new("never", Height >= 100.0), new("high", Height >= 1.0)],
                EventSlots = 2,
            },
            Requirements =
            [
                new("above", Height >= -1e-9, RequirementKind.Always),
                new("slow", Speed >= -12.0, RequirementKind.Always),
                new("rises", Speed >= 1.0, RequirementKind.Eventually),
                new("falls at the end", Speed <= 0.0, RequirementKind.AtEnd),
            ],
        };
        EnsembleBlock block = RunAll(plan, 1).Single();
        EnsembleLayout layout = block.Layout;
        for (int i = 0; i < block.Count; i++)
        {
            (double h0, double e) = (block.Sample(0)[i], block.Sample(1)[i]);
            double first = Math.Sqrt(2.0 * h0 / G);
            double second = first + (2.0 * e * first);
            (double height, double speed, int bounces) = Exact(h0, e, 3.0);
            Assert.Multiple(() =>
            {
                Assert.That(Scalar(EnsembleLayout.Status), Is.EqualTo((int)TrajectoryStatus.Completed));
                Assert.That(Scalar(EnsembleLayout.Time), Is.EqualTo(3.0));
                Assert.That(Scalar(EnsembleLayout.Jumps), Is.EqualTo(bounces));
                Assert.That(Scalar(layout.FirstState), Is.EqualTo(height).Within(1e-7));
                Assert.That(Scalar(layout.FirstState + 1), Is.EqualTo(speed).Within(1e-7));
                Assert.That(Scalar(layout.FirstDiscrete), Is.EqualTo(bounces));
                Assert.That(Scalar(layout.FirstFinal), Is.EqualTo((G * height) + (0.5 * speed * speed)).Within(1e-6));
                Assert.That(Scalar(layout.FirstExtremum), Is.Zero.Within(1e-9));
                Assert.That(Scalar(layout.FirstExtremum + 1), Is.EqualTo(h0).Within(1e-9));
                Assert.That(Scalar(layout.FirstExtremum + 2), Is.EqualTo(-G * first).Within(1e-8));
                Assert.That(Scalar(layout.FirstExtremum + 3), Is.EqualTo(e * G * first).Within(1e-8));
                Assert.That(Scalar(layout.FirstPassage), Is.EqualTo(Math.Sqrt(2.0 * (h0 - 2.0) / G)).Within(1e-9));
                Assert.That(Scalar(layout.FirstPassage + 1), Is.NaN);
                Assert.That(Scalar(layout.FirstPassage + 2), Is.Zero);
                Assert.That(Scalar(layout.FirstRequirement), Is.EqualTo(1.0));
                Assert.That(Scalar(layout.FirstRequirement + 1), Is.EqualTo(G * first <= 12.0 ? 1.0 : 0.0));
                Assert.That(Scalar(layout.FirstRequirement + 2), Is.EqualTo(1.0));
                Assert.That(Scalar(layout.FirstRequirement + 3), Is.EqualTo(speed <= 0.0 ? 1.0 : 0.0));
                Assert.That(block.EventTimes[i], Is.EqualTo(first).Within(1e-9));
                Assert.That(block.EventTimes[block.Count + i], second <= 3.0 ? Is.EqualTo(second).Within(1e-8) : Is.NaN);
                Assert.That(block.EventTransitions[i], Is.Zero);
                for (int k = 0; k < layout.GridTimes.Length; k++)
                {
                    Assert.That(block.GridAt(k, 0)[i], Is.EqualTo(Exact(h0, e, layout.GridTimes[k]).Height).Within(1e-7));
                    Assert.That(block.GridAt(k, 1)[i], Is.Zero);
                }
            });

            double Scalar(int column) => block.Scalar(column)[i];
        }
    }

    [Test]
    public void A_stop_rule_ends_a_trajectory_where_it_becomes_true()
    {
        EnsemblePlan plan = Plan with
        {
            Stops = [new("touched", Height <= 1.0), new("high", Height >= 19.0)],
            Recording = new() { GridTimes = [0.1, 2.9], Grid = [new("y", Height)], EventSlots = 3, Extrema = [new("y", Height)] },
        };
        EnsembleBlock block = RunAll(plan, 1).Single();
        for (int i = 0; i < block.Count; i++)
        {
            double h0 = block.Sample(0)[i];
            bool atOnce = h0 >= 19.0;
            Assert.That(block.Scalar(EnsembleLayout.Status)[i], Is.EqualTo((int)TrajectoryStatus.Stopped));
            Assert.That(block.Scalar(EnsembleLayout.Time)[i], Is.EqualTo(atOnce ? 0.0 : Math.Sqrt(2.0 * (h0 - 1.0) / G)).Within(1e-9));
            Assert.That(block.Scalar(EnsembleLayout.Jumps)[i], Is.Zero);
            Assert.That(block.Scalar(block.Layout.FirstState)[i], Is.EqualTo(atOnce ? h0 : 1.0).Within(1e-8));
            Assert.That(block.Scalar(block.Layout.FirstExtremum)[i], Is.EqualTo(atOnce ? h0 : 1.0).Within(1e-8));
            Assert.That(block.GridAt(0, 0)[i], atOnce ? Is.NaN : Is.EqualTo(h0 - (0.5 * G * 0.01)).Within(1e-8));
            Assert.That(block.GridAt(1, 0)[i], Is.NaN);
            Assert.That(block.EventTimes[i], Is.NaN);
        }
    }

    [Test]
    public void Alternatives_share_their_samples()
    {
        EnsemblePlan plan = Plan with
        {
            Size = 700,
            Until = 0.4,
            Alternatives = [new("rest", ImmutableDictionary<string, double>.Empty), new("thrown", ImmutableDictionary<string, double>.Empty.Add("v", 2.0))],
        };
        EnsembleBlock[] blocks = RunAll(plan, 2);
        Assert.That(blocks.Select(block => block.Count), Is.EqualTo(new[] { 1024, 376 }));
        foreach (EnsembleBlock block in blocks)
        {
            for (int i = 0; i < block.Count; i += 2)
            {
                Assert.That(block.Sample(0)[i + 1], Is.EqualTo(block.Sample(0)[i]));
                double gain = block.Scalar(block.Layout.FirstState)[i + 1] - block.Scalar(block.Layout.FirstState)[i];
                Assert.That(gain, Is.EqualTo(0.8).Within(1e-8));
            }
        }
    }

    [Test]
    public void Noise_is_held_between_its_ticks()
    {
        HybridAutomaton integrator = HybridAutomaton.Build("integrator", h =>
        {
            Expr x = h.State("x");
            Expr u = h.Input("u", 7.0);
            h.Mode("run").Flow(x, u);
        });
        var plan = new EnsemblePlan
        {
            Model = integrator,
            Size = 50,
            Until = 0.95,
            Noise = [new NoiseInput("u", new Uniform(-1.0, 1.0), 0.25)],
        };
        PlanSampler sampler = PlanSampler.For(plan);
        EnsembleBlock block = RunAll(plan, 1).Single();
        for (int i = 0; i < block.Count; i++)
        {
            double exact = 0.2 * sampler.Noise(0, i, 3);
            for (int k = 0; k < 3; k++)
            {
                exact += 0.25 * sampler.Noise(0, i, k);
            }

            Assert.That(block.Scalar(block.Layout.FirstState)[i], Is.EqualTo(exact).Within(1e-12));
        }
    }

    [Test]
    public void A_trajectory_that_fails_carries_its_status_and_spoils_no_other()
    {
        HybridAutomaton model = HybridAutomaton.Build("runaway", h =>
        {
            Expr x = h.State("x", initial: 1.0);
            Expr a = h.Parameter("a", 0.0);
            Expr b = h.Parameter("b", 0.0);
            ModeBuilder run = h.Mode("run").Flow(x, a * x * x).Invariant(x <= 1e6);
            ModeBuilder ping = h.Mode("ping").Flow(x, 0.0);
            h.Transition(run, ping).Guard(x <= 0.5 & b > 0.5);
            h.Transition(ping, run).Guard(x <= 0.6);
        });
        var plan = new EnsemblePlan
        {
            Model = model,
            Size = 1,
            Until = 2.0,
            Design = SamplingDesign.Grid,
            Variations = [new("a", new GridPoints([-1.0, 0.0, 1.0])), new("b", new GridPoints([0.0, 1.0]))],
        };
        EnsembleBlock block = RunAll(plan, 1).Single();
        Assert.That(
            block.Scalar(EnsembleLayout.Status).ToArray().Select(status => (TrajectoryStatus)status),
            Is.EqualTo(new[]
            {
                TrajectoryStatus.Completed, TrajectoryStatus.Livelock, TrajectoryStatus.Completed,
                TrajectoryStatus.Completed, TrajectoryStatus.InvariantViolated, TrajectoryStatus.InvariantViolated,
            }));
        Assert.That(block.Scalar(EnsembleLayout.Time)[4], Is.EqualTo(1.0).Within(1e-5));
    }

    [Test]
    public void Models_with_delegate_flows_run()
    {
        HybridAutomaton model = HybridAutomaton.Build("delegate", h =>
        {
            Expr x = h.State("x", initial: 1.0);
            Expr k = h.Parameter("k", 1.0);
            h.Mode("run").Flow((_, states, data, derivatives) => derivatives[0] = -data[0] * states[0]);
        });
        var plan = new EnsemblePlan
        {
            Model = model,
            Size = 20,
            Until = 1.0,
            Variations = [new("k", new Uniform(0.5, 2.0))],
        };
        EnsembleBlock block = RunAll(plan, 2).Single();
        for (int i = 0; i < block.Count; i++)
        {
            Assert.That(block.Scalar(block.Layout.FirstState)[i], Is.EqualTo(Math.Exp(-block.Sample(0)[i])).Within(1e-5));
        }
    }

    // 3 * 0.1 is a rounding above 0.3, so the last tick falls beyond the end; 10 * 0.1 is 1.
    [TestCase(0.3)]
    [TestCase(1.0)]
    public void Noise_at_the_end_is_the_same_on_lanes(double until)
    {
        var model = HybridAutomaton.Build("held", h =>
        {
            Expr u = h.Input("u", 0.0);
            h.Mode("only").Flow(h.State("x"), u);
        });
        EnsemblePlan plan = new EnsemblePlan
        {
            Model = model,
            Size = 40,
            Until = until,
            Noise = [new NoiseInput("u", new Uniform(-1.0, 1.0), 0.1)],
            Alternatives = [new("one", []), new("two", [])],
        }.RecordFinal("u");
        SampleSummary[] held =
        [
            .. new IEnsembleBackend[] { new SimulatorEnsembleBackend(1), new CpuEnsembleBackend(1) }
                .Select(backend => EnsembleRun.Run(plan, backend).Scalar("u", "two")),
        ];
        Assert.That(held[1].Mean, Is.EqualTo(held[0].Mean));
        Assert.That(held[1].Max, Is.EqualTo(held[0].Max));
    }

    [Test]
    public void Noise_that_ticks_more_often_than_memory_holds_is_refused()
    {
        var model = HybridAutomaton.Build("held", h => h.Mode("only").Flow(h.State("x"), h.Input("u", 0.0)));
        var plan = new EnsemblePlan { Model = model, Size = 1, Until = 10.0, Noise = [new NoiseInput("u", new Normal(0.0, 1.0), 1e-7)] };
        Assert.That(new SimulatorEnsembleBackend().Check(plan).Single().Mend, Does.Contain("lanes"));
        Assert.That(new SimulatorEnsembleBackend().Check(plan with { Until = 1.0 }), Is.Empty);
    }

    [Test]
    public void Noise_on_an_input_that_is_a_delegate_is_refused()
    {
        HybridAutomaton model = HybridAutomaton.Build("delegate", h =>
        {
            Expr x = h.State("x");
            Expr u = h.Input("u", new DelegateSignal(Math.Sin));
            h.Mode("run").Flow(x, u);
        });
        var plan = new EnsemblePlan
        {
            Model = model,
            Size = 1,
            Until = 1.0,
            Noise = [new NoiseInput("u", new Uniform(-1.0, 1.0), 0.25)],
        };
        Assert.That(new SimulatorEnsembleBackend().Check(plan).Select(finding => finding.Where), Is.EqualTo(new[] { "noise.u" }));
    }

    [Test]
    public void Results_are_the_same_for_any_threads_and_any_split()
    {
        EnsemblePlan plan = Plan with { Size = 2500, Until = 0.9, Recording = new() { EventSlots = 4, GridTimes = [0.5], Grid = [new("y", Height)] } };
        EnsembleBlock[] one = RunAll(plan, 1);
        EnsembleBlock[] two = RunAll(plan, 2);
        var split = new List<EnsembleBlock>();
        var backend = new SimulatorEnsembleBackend(1);
        backend.Run(plan, 0, 2, split.Add, CancellationToken.None);
        backend.Run(plan, 2, 1, split.Add, CancellationToken.None);
        BlockComparison.AssertSame(two, one);
        BlockComparison.AssertSame([.. split], one);
    }

    [TestCase(2)]
    [TestCase(3)]
    public void Threads_share_the_trajectories_of_one_block(int threads)
    {
        var seen = new HashSet<int>();
        using var all = new ManualResetEventSlim();
        var model = HybridAutomaton.Build("meeting", h =>
        {
            h.State("x", initial: 1.0);
            h.Mode("wait").Flow((_, _, _, derivatives) =>
            {
                lock (seen)
                {
                    seen.Add(Environment.CurrentManagedThreadId);
                    if (seen.Count == threads)
                    {
                        all.Set();
                    }
                }

                all.Wait(TimeSpan.FromSeconds(20));
                derivatives[0] = -1.0;
            });
        });
        EnsembleBlock[] blocks = RunAll(new EnsemblePlan { Model = model, Size = 16 * threads, Until = 1.0, MaxSteps = 1 }, threads);
        Assert.That(seen, Has.Count.EqualTo(threads));
        Assert.That(blocks.Single().Scalar(EnsembleLayout.Steps).ToArray(), Is.All.EqualTo(1.0));
    }

    [TestCase(1)]
    [TestCase(15)]
    [TestCase(17)]
    [TestCase(1024)]
    [TestCase(1030)]
    public void Results_of_small_ensembles_are_the_same_on_any_threads(int size)
    {
        EnsemblePlan plan = Plan with { Size = size, Until = 0.9, Recording = new() { EventSlots = 4, GridTimes = [0.5], Grid = [new("y", Height)] } };
        EnsembleBlock[] one = RunAll(plan, 1);
        BlockComparison.AssertSame(RunAll(plan, 2), one);
        BlockComparison.AssertSame(RunAll(plan, 5), one);
    }

    [TestCase(1)]
    [TestCase(2)]
    public void A_cancelled_block_is_not_delivered(int threads)
    {
        using var stop = new CancellationTokenSource();
        var model = HybridAutomaton.Build("stopping", h =>
        {
            h.State("x", initial: 1.0);
            h.Mode("go").Flow((_, _, _, derivatives) =>
            {
                stop.Cancel();
                derivatives[0] = -1.0;
            });
        });
        var plan = new EnsemblePlan { Model = model, Size = 1000, Until = 1.0 };
        var blocks = new List<EnsembleBlock>();
        Assert.That(
            () => new SimulatorEnsembleBackend(threads).Run(plan, 0, 1, blocks.Add, stop.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(blocks, Is.Empty);
    }

    private static EnsembleBlock[] RunAll(EnsemblePlan plan, int threads)
    {
        var blocks = new List<EnsembleBlock>();
        var backend = new SimulatorEnsembleBackend(threads);
        Assert.That(backend.Check(plan), Is.Empty);
        backend.Run(plan, 0, PlanSampler.For(plan).BlockCount, blocks.Add, CancellationToken.None);
        return [.. blocks];
    }

    private static (double Height, double Speed, int Bounces) Exact(double h0, double e, double time)
    {
        double at = Math.Sqrt(2.0 * h0 / G);
        if (time < at)
        {
            return (h0 - (0.5 * G * time * time), -G * time, 0);
        }

        double speed = G * at;
        for (int bounces = 1; ; bounces++)
        {
            speed *= e;
            double flight = 2.0 * speed / G;
            double s = time - at;
            if (s < flight)
            {
                return ((speed * s) - (0.5 * G * s * s), speed - (G * s), bounces);
            }

            at += flight;
        }
    }
}
