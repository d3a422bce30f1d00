using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Machine;
using HybridControl.Ensembles.Propagation;
using HybridControl.Ensembles.RareEvents;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.Models;

namespace HybridControl.Tests.Ensembles.Lanes;

/// <summary>Every firing rule and draw on lanes, against the ordinary simulator with the same numbers.</summary>
public sealed class RuleAgreementTests
{
    private static readonly (string Name, HybridAutomaton Model, double Until)[] Models =
    [
        ("telegraph", ModelLibrary.Load("telegraph-process"), 5.0),
        ("moving and guarded rates", Build(h =>
        {
            var (x, n) = (h.State("x", initial: 1.0), h.Discrete("n"));
            var (a, b) = (h.Mode("a").Flow(x, 1.0 - x), h.Mode("b").Flow(x, -x));
            h.Transition(a, b, "ab").Rate(x * (1.0 + (0.5 * Expr.Sin(3.0 * h.Time))));
            h.Transition(b, a, "ba").Rate(2.0).Guard(x <= 0.6);
            h.Transition(a, a, "shock").Rate(1.0).Reset(x, x + Expr.Exponential(2.0)).Reset(n, n + 1.0).External();
        }), 8.0),
        ("draws everywhere", Build(h =>
        {
            var (x, k) = (h.State("x", initial: Expr.Normal(0.0, 0.2)), h.Discrete("k", initial: Expr.Uniform(0.5, 1.5)));
            var (a, b) = (h.Mode("a").Flow(x, k), h.Mode("b").Flow(x, -k));
            h.Transition(a, b, "ab").Guard(x >= 1.0).Reset(x, x + Expr.Normal(0.0, 0.1)).Reset(k, Expr.Uniform(0.5, 1.5));
            h.Transition(b, a, "ba").After(Expr.Uniform(0.2, 0.8)).Reset(x, Expr.Select(Expr.Uniform(0.0, 1.0) < 0.3, 0.0, x));
        }), 8.0),
        ("autopilot", Build(h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n"));
            var (up, down) = (h.Mode("up").Flow(x, 1.0 + (0.3 * Expr.Sin(h.Time))), h.Mode("down").Flow(x, -0.7));
            h.Transition(up, down, "stop").Guard(x >= 1.0).Sampled(1.0 / 30.0).Reset(n, n + 1.0);
            h.Transition(down, up, "start").Guard(x <= 0.5).Sampled(0.1, 0.05);
            h.Transition(down, down, "count").Guard(x <= 0.8).Sampled(0.1, 0.05).Reset(n, n + 100.0).Priority(1.0).NotPersistent();
            h.Every("drift", 0.1, (n, n + 0.001));
        }), 6.0),
        ("as late as possible", Build(h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n"));
            var (a, b) = (h.Mode("a").Flow(x, Expr.Cos(x / 10.0)).Invariant(x <= 2.0), h.Mode("b").Flow(x, -1.0).Invariant(x >= 0.0));
            h.Transition(a, b, "one").Guard(x <= 2.0 & x >= 1.0).Permissive(PermissivePolicy.Alap).NotPersistent();
            h.Transition(b, a, "low").Permissive(PermissivePolicy.Alap);
            h.Transition(b, b, "kick").Permissive(PermissivePolicy.Alap).Guard(n <= 1.5).Reset(x, 0.5).Reset(n, n + 1.0).Priority(2.0);
        }), 12.0),
        ("at random in a window", Build(h =>
        {
            var (x, s) = (h.State("x"), h.State("s"));
            Expr wave = 5.0 * Expr.Cos(5.0 * h.Time);
            var a = h.Mode("a").Flow((x, s), (1.0, wave)).Invariant(x <= 3.0);
            var b = h.Mode("b").Flow((x, s), (-1.0, wave)).Invariant(x >= 0.0);
            h.Transition(a, b, "go").Guard(x >= 1.0 & s >= 0.0).Permissive(PermissivePolicy.Random, mean: 0.5 * x);
            h.Transition(a, b, "must").Permissive(PermissivePolicy.Alap).Priority(-1.0);
            h.Transition(b, a, "back").Guard(x <= 1.0).Permissive(PermissivePolicy.Random, mean: 1.0);
            h.Transition(b, a, "fly").Permissive(PermissivePolicy.Asap).Guard(x <= 0.1);
        }), 12.0),
        ("values at the trigger", Build(h =>
        {
            var (x, y, z) = (h.State("x"), h.Discrete("y"), h.Discrete("z"));
            var m = h.Mode("m").Flow(x, 1.0);
            h.Transition(m, m, "first").Guard(x >= 1.0).Edge().Priority(1.0).Reset(x, x - 1.2 + Expr.Uniform(0.0, 0.1));
            h.Transition(m, m, "second").Guard(x >= 1.0).Edge().Reset(y, y + x + Expr.Uniform(0.0, 1.0)).ValuesAtTrigger();
            h.Transition(m, m, "third").Guard(y >= 4.0).Reset(y, y - Expr.Uniform(3.0, 4.0)).ValuesAtTrigger();
            h.Transition(m, m, "fourth").Guard(x >= 0.5).After(0.2).Reset(z, z + x).ValuesAtTrigger();
        }), 10.0),
        ("echoes", Build(h =>
        {
            var n = h.Discrete("n");
            var (a, b) = (h.Mode("a"), h.Mode("b"));
            h.Transition(a, a, "echo").Guard(Expr.Sin(2.0 * Math.PI * h.Time) >= 0.0)
                .After(2.2 + Expr.Uniform(0.0, 0.5), survives: true, instances: 3).Reset(n, n + 1.0);
            h.Transition(a, b, "ab").After(3.3);
            h.Transition(b, a, "ba").After(0.4);
        }), 12.0),
    ];

    private static IEnumerable<TestCaseData> Cases => Models.Select(model => new TestCaseData(model.Model, model.Until).SetArgDisplayNames(model.Name));

    [TestCaseSource(nameof(Cases))]
    public void Lanes_have_the_events_and_the_ends_of_the_simulator(HybridAutomaton model, double until)
    {
        EnsemblePlan plan = PlanOf(model, until, 300);
        Assert.That(MachineCompiler.Check(plan), Is.Empty);
        List<string> differences = EventComparison.Differences(plan, out int events);
        Assert.That(differences, Is.Empty, string.Join(Environment.NewLine, differences.Take(20)));
        Assert.That(events, Is.GreaterThan(300));
        foreach (string name in model.States.Select(state => state.Name).Concat(model.Discretes.Select(discrete => discrete.Name)))
        {
            Assert.That(Column(plan, new CpuEnsembleBackend(), name), Is.EqualTo(Column(plan, new SimulatorEnsembleBackend(), name)).Within(2e-5), name);
        }
    }

    [Test]
    public void Lanes_spread_the_telegraph_process_as_its_equation_says()
    {
        EnsemblePlan plan = PlanOf(ModelLibrary.Load("telegraph-process"), 1.0, 200_000);
        double[] squares = [.. Column(plan, new CpuEnsembleBackend(), "x").Select(x => x * x)];
        double mean = squares.Average();
        double error = Math.Sqrt(squares.Select(square => (square - mean) * (square - mean)).Average() / squares.Length);
        Assert.That(mean, Is.EqualTo(0.3772894549).Within(4.0 * error));
        Assert.That(error, Is.LessThan(0.001));
    }

    [Test]
    public void Alternatives_of_a_sample_share_its_draws()
    {
        EnsemblePlan plan = PlanOf(ModelLibrary.Load("telegraph-process"), 5.0, 100) with
        {
            Alternatives =
            [
                new("slow", ImmutableDictionary<string, double>.Empty.Add("v", 1.0)),
                new("fast", ImmutableDictionary<string, double>.Empty.Add("v", 2.0)),
            ],
        };
        List<string> differences = EventComparison.Differences(plan, out _);
        Assert.That(differences, Is.Empty);
        double[] ends = Column(plan, new CpuEnsembleBackend(), "x");
        Assert.That(ends.Where((_, i) => i % 2 == 1), Is.EqualTo(ends.Where((_, i) => i % 2 == 0).Select(x => 2.0 * x)).Within(1e-9));
    }

    [Test]
    public void A_trajectory_of_an_ensemble_is_the_run_of_its_seed_and_number()
    {
        EnsemblePlan plan = PlanOf(ModelLibrary.Load("telegraph-process"), 5.0, 20);
        double[] runs = [.. Enumerable.Range(0, 20).Select(k => plan.Model.Simulate(
            plan.Until, options: new SimulationOptions { Seed = plan.Seed, Trajectory = k, Solver = plan.Solver }).Value("x", plan.Until))];
        Assert.That(Column(plan, new SimulatorEnsembleBackend(), "x"), Is.EqualTo(runs));
    }

    [Test]
    public void What_would_draw_the_same_numbers_again_is_refused_by_name()
    {
        HybridAutomaton model = Build(h =>
        {
            var (x, u) = (h.State("x"), h.Input("u", 0.0));
            var m = h.Mode("m").Flow(x, u);
            h.Transition(m, m, "shock").Rate(1.0).Reset(x, 0.0);
        });
        Assert.That(
            () => new EnsembleBackendPropagator(model, new CpuEnsembleBackend()),
            Throws.TypeOf<ModelException>().With.Message.Contains("draws random numbers itself"));
        EnsemblePlan noisy = PlanOf(model, 1.0, 10) with { Noise = [new("u", new Normal(0.0, 1.0), 0.1)] };
        Assert.That(
            () => ImportanceSplitting.Estimate(noisy, Expr.Variable(VariableKind.State, "x"), 3.0),
            Throws.TypeOf<ModelException>().With.Message.Contains("draws random numbers itself"));
    }

    [Test]
    public void What_lanes_cannot_do_is_refused_by_name()
    {
        HybridAutomaton model = Build(h =>
        {
            var x = h.State("x");
            var m = h.Mode("m").Flow(x, 1.0);
            h.Transition(m, m, "touch").Guard(Expr.Sin(x) >= 1.0).Edge().FireOnTouch();
            h.Transition(m, m, "many").Guard(Expr.Sin(x) >= 0.0).After(1.0, survives: true, instances: 2).ValuesAtTrigger();
        });
        Assert.That(MachineCompiler.Check(PlanOf(model, 1.0, 10)).Select(finding => finding.Where), Is.EqualTo(new[]
        {
            "rules, transitions.touch", "rules, transitions.many",
        }));
    }

    private static HybridAutomaton Build(Action<AutomatonBuilder> build) => HybridAutomaton.Build("rules", build);

    private static double[] Column(EnsemblePlan plan, IEnsembleBackend backend, string name) =>
    [
        .. EventComparison.Run(plan, backend).SelectMany(
            block => block.Scalar(block.Layout.Scalars.IndexOf(name)).ToArray()),
    ];

    private static EnsemblePlan PlanOf(HybridAutomaton model, double until, long size) => new()
    {
        Model = model,
        Size = size,
        Until = until,
        Seed = 33,
        Solver = new DormandPrince5 { RelativeTolerance = 1e-8, AbsoluteTolerance = 1e-9 },
        Recording = new() { EventSlots = 64 },
    };
}
