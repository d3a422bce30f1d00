using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Solvers.Automatic;

/// <summary>The method follows the flow: explicit where it is smooth, implicit where it is stiff, exact where it is affine.</summary>
public class AutoTests
{
    private static readonly Auto Tight = new() { RelativeTolerance = 1e-8, AbsoluteTolerance = 1e-10 };

    private static HybridAutomaton VanDerPol(double mu) => HybridAutomaton.Build("van der Pol", h =>
    {
        Expr x = h.State("x", initial: 2.0);
        Expr v = h.State("v");
        h.Mode("only").Flow((x, v), (v, (mu * (1.0 - (x * x)) * v) - x));
    });

    [Test]
    public void A_smooth_flow_is_left_to_the_explicit_method()
    {
        HybridAutomaton lorenz = HybridAutomaton.Build("lorenz", h =>
        {
            Expr x = h.State("x", initial: 1.0), y = h.State("y", initial: 1.0), z = h.State("z", initial: 1.0);
            h.Mode("only").Flow((x, y, z), (10.0 * (y - x), (x * (28.0 - z)) - y, (x * y) - (8.0 / 3.0 * z)));
        });
        Trajectory auto = lorenz.Simulate(until: 10.0, options: new() { Solver = new Auto() });
        Trajectory own = lorenz.Simulate(until: 10.0, options: new() { Solver = new Tsitouras5() });
        Assert.That(auto.At(10.0).States, Is.EqualTo(own.At(10.0).States));
        Assert.That(auto.Statistics.Steps, Is.EqualTo(own.Statistics.Steps));
    }

    [Test]
    public void A_stiff_flow_costs_what_the_implicit_method_costs()
    {
        Trajectory auto = VanDerPol(1000.0).Simulate(until: 2000.0, options: new() { Solver = Tight });
        Trajectory stiff = VanDerPol(1000.0).Simulate(until: 2000.0, options: new() { Solver = new Rodas5P { RelativeTolerance = 1e-8, AbsoluteTolerance = 1e-10 } });
        Assert.That(auto.Statistics.RightHandSides, Is.LessThan(1.5 * stiff.Statistics.RightHandSides));
        Assert.That(auto.At(2000.0).States[0], Is.EqualTo(1.706167732170469).Within(1e-5)); // IVP test set: vdpol at 2 T
    }

    [Test]
    public void A_relaxation_oscillation_changes_the_method_in_both_directions()
    {
        OdeFunction flow = VanDerPol(50.0).Compiled.Mode(0).Ode;
        Stepper stepper = new Auto().Start(2, new double[4]);
        stepper.Use(new Auto().Compile(flow));
        (stepper.States[0], stepper.States[1]) = (2.0, 0.0);
        stepper.Restart(0.0, keepSize: false);
        var choices = new List<int>();
        while (stepper.Time < 300.0)
        {
            Assert.That(stepper.Step(300.0), Is.EqualTo(StepStatus.Accepted));
            stepper.Accept();
            if (choices.Count == 0 || choices[^1] != stepper.Choice)
            {
                choices.Add(stepper.Choice);
            }
        }

        Assert.That(choices, Has.Count.GreaterThanOrEqualTo(3));
        Assert.That(choices[0], Is.EqualTo((int)AutoMethod.Explicit + 1));
        Assert.That(choices[1], Is.EqualTo((int)AutoMethod.Rosenbrock + 1));
    }

    [TestCase(1e-6, (int)AutoMethod.Rosenbrock)]
    [TestCase(1e-8, (int)AutoMethod.Iterated)]
    public void A_flow_that_is_stiff_from_its_first_step_is_never_stepped_explicitly(double tolerance, int method)
    {
        const int N = 40; // more than the closed form takes
        OdeFunction heat = HybridAutomaton.Build("heat", h =>
        {
            Expr[] u = [.. Enumerable.Range(0, N).Select(i => h.State($"u{i}", Math.Sin(Math.PI * (i + 1) / (N + 1.0))))];
            ModeBuilder mode = h.Mode("only");
            for (int i = 0; i < N; i++)
            {
                mode.Flow(u[i], N * N * ((i > 0 ? u[i - 1] : 0.0) - (2.0 * u[i]) + (i < N - 1 ? u[i + 1] : 0.0)));
            }
        }).Compiled.Mode(0).Ode;
        Auto solver = new() { RelativeTolerance = tolerance };
        Stepper stepper = OdeBench.Start(solver, heat, 0.0, [.. Enumerable.Range(0, N).Select(i => Math.Sin(Math.PI * (i + 1) / (N + 1.0)))]);
        Assert.That(stepper.Step(1.0), Is.EqualTo(StepStatus.Accepted));
        Assert.That(stepper.Choice, Is.EqualTo(method + 1));
        Assert.That(stepper.Size, Is.GreaterThan(4.0 / (4.0 * N * N)));
    }

    [Test]
    public void A_mode_not_met_before_begins_with_the_method_that_the_run_follows()
    {
        OdeFunction[] flows = [.. new[] { 1000.0, 1200.0 }.Select(mu => VanDerPol(mu).Compiled.Mode(0).Ode)];
        Stepper stepper = OdeBench.Start(Tight, flows[0], 0.0, [2.0, 0.0]);
        while (stepper.Time < 10.0)
        {
            stepper.Step(10.0);
            stepper.Accept();
        }

        Assert.That(stepper.Choice, Is.EqualTo((int)AutoMethod.Iterated + 1));
        stepper.Use(Tight.Compile(flows[1]));
        stepper.Restart(10.0, keepSize: false);
        Assert.That(stepper.Choice, Is.EqualTo((int)AutoMethod.Iterated + 1));
        Assert.That(stepper.Step(20.0), Is.EqualTo(StepStatus.Accepted));
    }

    [Test]
    public void An_affine_flow_is_followed_along_its_closed_form()
    {
        HybridAutomaton model = HybridAutomaton.Build("decay", h =>
        {
            Expr x = h.State("x", initial: 1.0);
            h.Mode("only").Flow(x, -x);
        });
        Trajectory run = model.Simulate(until: 5.0, options: new() { Solver = new Auto { RelativeTolerance = 1e-2 } });
        Assert.That(run.At(5.0).States[0], Is.EqualTo(Math.Exp(-5.0)).Within(1e-16));
    }

    [Test]
    public void A_mode_that_was_found_stiff_is_entered_with_the_implicit_method()
    {
        // Leaves a stiff mode every 2 s for a moment in a smooth one.
        HybridAutomaton model = HybridAutomaton.Build("visits", h =>
        {
            Expr x = h.State("x", initial: 2.0);
            Expr v = h.State("v");
            ModeBuilder stiff = h.Mode("stiff").Flow((x, v), (v, (1000.0 * (1.0 - (x * x)) * v) - x));
            ModeBuilder smooth = h.Mode("smooth").Flow((x, v), (Expr.Sin(v), 0.0));
            h.Transition(stiff, smooth).After(2.0);
            h.Transition(smooth, stiff).After(0.01);
        });
        Trajectory run = model.Simulate(until: 100.0, options: new() { Solver = new Auto() });
        Assert.That(run.Jumps, Has.Length.GreaterThan(95));
        Assert.That(run.Statistics.Steps, Is.LessThan(40 * run.Jumps.Length)); // an explicit method takes a thousand in each stiff stretch
    }

    [Test]
    public void A_stiff_delegate_is_followed_by_the_method_that_differences_are_good_enough_for()
    {
        HybridAutomaton model = HybridAutomaton.Build("robertson", h =>
        {
            _ = (h.State("a", initial: 1.0), h.State("b"), h.State("c"));
            h.Mode("only").Flow((_, x, _, f) =>
            {
                f[0] = (-0.04 * x[0]) + (1e4 * x[1] * x[2]);
                f[2] = 3e7 * x[1] * x[1];
                f[1] = -f[0] - f[2];
            });
        });
        Trajectory run = model.Simulate(until: 1e11, options: new() { Solver = new Auto { RelativeTolerance = 1e-8, AbsoluteTolerance = 1e-14 } });
        Assert.That(run.At(1e11).States[0], Is.EqualTo(2.083340149701255e-8).Within(2e-13)); // test set of Bari
        Assert.That(run.Statistics.Steps, Is.LessThan(1500));
    }

    [Test]
    public void Changing_the_method_allocates_only_the_first_time()
    {
        OdeFunction flow = VanDerPol(50.0).Compiled.Mode(0).Ode;
        Stepper stepper = new Auto().Start(2, new double[4]);
        stepper.Use(new Auto().Compile(flow));
        (stepper.States[0], stepper.States[1]) = (2.0, 0.0);
        stepper.Restart(0.0, keepSize: false);
        void Run(double until)
        {
            while (stepper.Time < until)
            {
                stepper.Step(until);
                stepper.Accept();
            }
        }

        Run(200.0);
        Allocations.None(() => Run(stepper.Time + 100.0));
    }

    [Test]
    public void The_first_step_allocates_nothing()
    {
        MethodCode code = new Auto().Compile(VanDerPol(1.0).Compiled.Mode(0).Ode);
        Stepper[] steppers = new Stepper[12];
        for (int i = 0; i < steppers.Length; i++)
        {
            steppers[i] = new Auto().Start(2, new double[4], [code]);
            steppers[i].Use(code);
            (steppers[i].States[0], steppers[i].States[1]) = (2.0, 0.0);
            steppers[i].Restart(0.0, keepSize: false);
        }

        Allocations.None(i => steppers[i].Step(1.0), first: 0, warmUp: 2, calls: steppers.Length - 2);
    }
}
