using HybridControl.Automata;
using HybridControl.Automata.Networks;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation.Networks;

/// <summary>Components whose algebraic equations are solved together.</summary>
public class AlgebraicNetworkTests
{
    private const double K = 0.5;
    private const double C = 0.5;
    private static readonly double End = 1.0 + (3.0 * Math.Log(10.0 / (3.0 * Math.E)));
    private static readonly Solver Tight = new Rodas5P { RelativeTolerance = 1e-10, AbsoluteTolerance = 1e-12 };

    private static IEnumerable<TestCaseData> Methods() => SolverCatalog.Names.Select(name => SolverCatalog.Create(name))
        .OfType<AdaptiveSolver>().Where(solver => solver.SolvesAlgebraicEquations)
        .Select(solver => new TestCaseData(solver with { RelativeTolerance = 1e-9, AbsoluteTolerance = 1e-11 }).SetArgDisplayNames(solver.Name));

    [TestCaseSource(nameof(Methods))]
    public void Equations_of_components_are_solved_together_and_anew_after_a_jump_of_either(AdaptiveSolver solver)
    {
        // z = k x + y and y = c z, from t = 1 on y = -c z: x' = -z falls at the rate k/(1 - c), then k/(1 + c).
        Trajectory run = Loop().Compose().Simulate(until: 4.0, solver: solver);
        Assert.That(run.Model.States.Select(state => state.Name), Is.EqualTo(["drain.x", "gain.s", "drain.z", "gain.y"]));
        Assert.That(run.Value("drain.z", 0.0), Is.EqualTo(1.0).Within(1e-12), "consistent at the start");
        Assert.That(run.Value("gain.y", 0.0), Is.EqualTo(0.5).Within(1e-12));
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(["gain.turn", "drain.low"]));
        Assert.That(run.Jumps[0].Time, Is.EqualTo(1.0).Within(1e-12));
        double x = Math.Exp(-1.0);
        Assert.That(run.Jumps[0].StatesBefore, Is.EqualTo(new[] { x, 1.0, x, 0.5 * x }).Within(1e-7));
        Assert.That(run.Jumps[0].StatesAfter, Is.EqualTo(new[] { x, 1.0, x / 3.0, -x / 6.0 }).Within(1e-7));
        Assert.That(run.Jumps[1].Time, Is.EqualTo(End).Within(1e-6), "a guard of one component on what both determine");
        Assert.That(run.Value("drain.z", 4.0), Is.EqualTo(0.0).Within(1e-12));
        Assert.That(run.Value("gain.y", 4.0), Is.EqualTo(0.0).Within(1e-12), "the other follows");
    }

    [Test]
    public void Files_of_networks_with_equations_run_alike()
    {
        HybridAutomaton composed = Loop().Compose();
        HybridAutomaton read = NetworkFile.Parse(NetworkFile.Write(Loop())).Compose();
        Assert.That(read, Is.EqualTo(composed));
        HybridAutomaton flat = ModelFile.Parse(ModelFile.Write(composed));
        Assert.That(flat.Simulate(4.0, Tight).Jumps[1].Time, Is.EqualTo(composed.Simulate(4.0, Tight).Jumps[1].Time));
    }

    [Test]
    public void A_run_goes_on_from_its_checkpoint_to_the_last_bit()
    {
        SimulationRun run = Scenario.For(Loop().Compose()).Start(new() { Solver = Tight });
        run.AdvanceTo(1.5);
        byte[] bytes = RunCheckpoint.From(run.Snapshot()).ToBytes();
        run.AdvanceTo(4.0);
        SimulationRun resumed = RunCheckpoint.Read(bytes).Resume(Scenario.For(Loop().Compose()), new() { Solver = Tight });
        resumed.AdvanceTo(4.0);
        Assert.That(resumed.States, Is.EqualTo(run.States));
        Assert.That(resumed.ToTrajectory().Jumps[1].Time, Is.EqualTo(run.ToTrajectory().Jumps[1].Time));
    }

    [Test]
    public void Derivatives_pass_from_component_to_component()
    {
        // The end of z: x(1) = exp(-k/(1 - c)), then k x/(1 + c) falls to 1/10.
        Trajectory run = Loop().Compose().Simulate(4.0, options: new() { Solver = Tight, Sensitivities = ["gain.c", "drain.k", "drain.x"] });
        double rate = K / (1.0 + C);
        double left = Math.Log(10.0 * rate) - (K / (1.0 - C)); // times the rate: how long it takes
        double byGain = (((-1.0 / (1.0 + C)) - (K / ((1.0 - C) * (1.0 - C)))) / rate) + (left / K);
        double byDrain = (((1.0 / K) - (1.0 / (1.0 - C))) / rate) - (left / rate / K);
        Assert.That(run.Sensitivity("gain.c").JumpTimes[1], Is.EqualTo(byGain).Within(1e-8));
        Assert.That(run.Sensitivity("drain.k").JumpTimes[1], Is.EqualTo(byDrain).Within(1e-8));
        Assert.That(run.Sensitivity("drain.x").JumpTimes[1], Is.EqualTo(1.0 / rate).Within(1e-8));
    }

    [Test]
    public void Choices_of_one_component_are_decided_with_the_values_of_the_other()
    {
        // z = x + y, y = max(z, 0) / 2 - 1: z = 2 x - 2 above zero, x - 1 below; x falls from 2.
        HybridAutomaton model = AutomatonNetwork.Build("choice", n =>
        {
            ComponentBuilder a = n.Component("a", HybridAutomaton.Build("a", h =>
            {
                (Expr x, Expr z, Expr w) = (h.State("x", 2.0), h.Algebraic("z"), h.Input("w", 0.0));
                h.Mode("m").Flow(x, -1.0).Equation(z, z, x + w);
            }));
            ComponentBuilder b = n.Component("b", HybridAutomaton.Build("b", h =>
            {
                (Expr y, Expr u) = (h.Algebraic("y"), h.Input("u", 0.0));
                h.Mode("m").Equation(y, y, (0.5 * Expr.Max(u, 0.0)) - 1.0);
            }));
            n.Wire(a["w"], b["y"]);
            n.Wire(b["u"], a["z"]);
        }).Compose();
        Trajectory run = model.Simulate(3.0, Tight);
        Assert.That(run.Value("a.z", 0.5), Is.EqualTo(1.0).Within(1e-9));
        Assert.That(run.Value("a.z", 2.5), Is.EqualTo(-1.5).Within(1e-9));
        Assert.That(run.Value("b.y", 2.5), Is.EqualTo(-1.0).Within(1e-9));
    }

    [Test]
    public void Masses_of_components_stand_in_one_matrix()
    {
        // m v' + s w' = -v with the velocity w of the other shared: v' = -v + 1/2, w' = -1 for m = 1, s = 1/2.
        HybridAutomaton model = AutomatonNetwork.Build("carts", n =>
        {
            ComponentBuilder a = n.Component("a", HybridAutomaton.Build("a", h =>
            {
                (Expr v, Expr w, Expr m) = (h.State("v", 2.0), h.State("w"), h.Parameter("m", 3.0));
                h.Mode("run").Mass(v, v, m).Mass(v, w, 0.5).Flow(v, -v);
            }), ("m", 1.0));
            ComponentBuilder b = n.Component("b", HybridAutomaton.Build("b", h =>
            {
                Expr w = h.State("w", 1.0);
                ModeBuilder run = h.Mode("run").Mass(w, w, 4.0).Flow(w, -4.0);
                ModeBuilder rest = h.Mode("rest").Flow(w, 0.0);
                h.Transition(run, rest).Guard(w <= 0.0);
            }));
            n.Share("w", b["w"], a["w"]);
        }).Compose();
        Trajectory run = model.Simulate(2.0, Tight);
        double atRest = 0.5 + (1.5 * Math.Exp(-1.0));
        Assert.That(run.Jumps.Single().Time, Is.EqualTo(1.0).Within(1e-9));
        Assert.That(run.Value("a.v", 1.0), Is.EqualTo(atRest).Within(1e-9));
        Assert.That(run.Value("a.v", 2.0), Is.EqualTo(atRest * Math.Exp(-1.0)).Within(1e-9));
    }

    [Test]
    public void Components_that_do_not_determine_their_variables_in_numbers_end_the_run_with_the_equation()
    {
        Trajectory run = Loop(c: 1.0).Compose().TrySimulate(4.0, new() { Solver = Tight });
        Assert.That(run.Status, Is.EqualTo(RunStatus.SingularSystem));
        Assert.That(run.Reason, Does.StartWith("loop, mode 'drain.open | gain.plus', t = 0 s").And.Contain("that of 'drain.z' follows from the others").Or.Contain("that of 'gain.y' follows"));
    }

    private static AutomatonNetwork Loop(double c = C) => AutomatonNetwork.Build("loop", n =>
    {
        ComponentBuilder drain = n.Component("drain", HybridAutomaton.Build("drain", h =>
        {
            (Expr x, Expr z, Expr w, Expr k) = (h.State("x", 1.0), h.Algebraic("z"), h.Input("w", 0.0), h.Parameter("k", K));
            ModeBuilder open = h.Mode("open").Flow(x, -z).Equation(z, z, (k * x) + w);
            ModeBuilder shut = h.Mode("shut").Flow(x, -z).Equation(z, z, 0.0);
            h.Transition(open, shut, "low").Guard(z <= 0.1);
        }));
        ComponentBuilder gain = n.Component("gain", HybridAutomaton.Build("gain", h =>
        {
            (Expr s, Expr y, Expr u, Expr g) = (h.State("s"), h.Algebraic("y"), h.Input("u", 0.0), h.Parameter("c", C));
            ModeBuilder plus = h.Mode("plus").Flow(s, 1.0).Equation(y, y, g * u);
            ModeBuilder minus = h.Mode("minus").Flow(s, 1.0).Equation(y, y + (g * u));
            h.Transition(plus, minus, "turn").Guard(s >= 1.0);
        }), ("c", c));
        n.Wire(drain["w"], gain["y"]);
        n.Wire(gain["u"], drain["z"]);
    });
}
