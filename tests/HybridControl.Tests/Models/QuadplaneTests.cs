using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Models;

internal sealed class QuadplaneTests
{
    private static readonly HybridAutomaton Plane = ModelLibrary.Load("quadplane");
    private static readonly Lazy<Trajectory> Sortie = new(() => ModelLibrary.Run(Plane, 180));

    // SciPy's DOP853 at a relative tolerance of 1e-12: tests/reference/simulate_model.py models/quadplane.json --rtol 1e-12.
    // At 1e-11 the same script differs by 1.2e-9 s at most.
    [Test]
    public void Modes_change_when_an_independent_solver_says()
    {
        (double Time, string Transition)[] expected =
        [
            (5.0, "ground->spool-up"), (6.198947636399, "spool-up->takeoff"), (27.0, "takeoff->transition"),
            (38.649990269757, "transition->cruise"), (90.0, "cruise->gust"), (93.934404196230, "gust->cruise"),
            (110.0, "cruise->approach"), (127.078115469979, "approach->descent"), (150.122433330842, "descent->flare"),
            (158.956197189273, "touchdown"),
        ];
        Assert.That(Sortie.Value.Jumps.Select(jump => jump.Transition), Is.EqualTo(expected.Select(e => e.Transition)));
        Assert.That(Sortie.Value.Jumps.Select(jump => jump.Time), Is.EqualTo(expected.Select(e => e.Time)).Within(2e-9));
    }

    [Test]
    public void Touchdown_is_soft()
    {
        double touchdown = Sortie.Value.TimesOf("touchdown").Single();
        Assert.That(Sortie.Value.Value("climb", touchdown, Side.Left), Is.InRange(-1.0, -0.1));
        Assert.That(Math.Abs(Sortie.Value.Value("groundSpeed", touchdown, Side.Left)), Is.LessThan(0.1));
        Assert.That(Sortie.Value.Segments[^1].Mode, Is.EqualTo("landed"));
    }

    [Test]
    public void Cruise_holds_altitude_and_speed()
    {
        double[] settled = [.. Enumerable.Range(0, 81).Select(i => 72.0 + (i * 0.2))];
        Assert.That(Sortie.Value.Sample("h", settled), Is.All.EqualTo(50.0).Within(0.1));
        Assert.That(Sortie.Value.Sample("airspeed", settled), Is.All.EqualTo(25.0).Within(0.1));

        double[] wholeLevel = [.. Enumerable.Range(0, 451).Select(i => 65.0 + (i * 0.1))];
        Assert.That(Sortie.Value.Sample("h", wholeLevel), Is.All.EqualTo(50.0).Within(4.0), "with the gust");
    }

    [Test]
    public void Wing_does_not_stall_and_the_elevator_does_not_saturate()
    {
        foreach (double t in Enumerable.Range(0, 1601).Select(i => i * 0.1))
        {
            Assert.That(Math.Abs(Sortie.Value.Value("elevator", t)), Is.LessThan(0.4), $"at {t} s");
            if (Sortie.Value.Value("airspeed", t) > 5.0)
            {
                Assert.That(Math.Abs(Sortie.Value.Value("alphaDeg", t)), Is.LessThan(12.0), $"at {t} s");
            }
        }
    }

    [Test]
    public void Trim_of_the_file_is_that_of_the_flow()
    {
        TrimPoint trim = SolveCruise();
        double alpha = Math.Atan2(trim[State("w")], trim[State("u")]);
        Assert.That(trim.Residual, Is.LessThan(1e-12));
        Assert.That(alpha, Is.EqualTo(Value("cruiseAlpha")).Within(1e-13));
        Assert.That(trim[State("theta")], Is.EqualTo(alpha).Within(1e-13));
        Assert.That(trim[State("throttle")], Is.EqualTo(Value("cruiseThrottle")).Within(1e-13));
        Assert.That(trim[Elevator], Is.EqualTo(Value("cruiseElevator")).Within(1e-13));
    }

    [Test]
    public void Trimmed_cruise_stays_trimmed()
    {
        Trajectory run = FromTrim();
        double[] times = [.. Enumerable.Range(0, 61).Select(i => (double)i)];
        Assert.That(run.Sample("h", times), Is.All.EqualTo(50.0).Within(1e-9));
        Assert.That(run.Sample("airspeed", times), Is.All.EqualTo(25.0).Within(1e-10));
        Assert.That(run.Sample("theta", times), Is.All.EqualTo(Value("cruiseAlpha")).Within(1e-11));
    }

    // Forces along and across the flight path, which the model never writes down.
    [Test]
    public void Trimmed_forces_balance_in_wind_axes()
    {
        Trajectory run = FromTrim();
        (double lift, double drag, double thrust) = (run.Value("lift", 1), run.Value("drag", 1), run.Value("pusher", 1));
        double alpha = Value("cruiseAlpha");
        Assert.That(thrust * Math.Cos(alpha), Is.EqualTo(drag).Within(1e-8));
        Assert.That(lift + (thrust * Math.Sin(alpha)), Is.EqualTo(13.5 * 9.81).Within(1e-8));
    }

    // Beard and McLain (2012), equations 4.9 and 4.10 and parabolic polar, with a flat plate's drag and moment beyond the stall.
    [Test]
    public void Tables_hold_the_formulas_of_the_theory_page()
    {
        const double lift0 = 0.23, lift1 = 5.61, moment0 = 0.0135, moment1 = -2.74, drag0 = 0.043;
        const double aspect = 2.8956 * 2.8956 / 0.55;
        const double sharpness = 50.0;
        const double stall = 15.0 * Math.PI / 180.0;
        foreach (LookupCurve table in Plane.Tables.Cast<LookupCurve>())
        {
            foreach ((double degrees, double value) in table.X.Zip(table.Y))
            {
                double a = degrees * Math.PI / 180.0;
                double below = 1.0 + Math.Exp(-sharpness * (a - stall));
                double above = 1.0 + Math.Exp(sharpness * (a + stall));
                double plate = (below + above - 1.0) / (below * above);
                double s = Math.Sin(a);
                double linear = lift0 + (lift1 * a);
                (double attached, double separated) = table.Name switch
                {
                    "CL" => (linear, 2.0 * s * Math.Abs(s) * Math.Cos(a)),
                    "CD" => (drag0 + (linear * linear / (Math.PI * 0.9 * aspect)), drag0 + (2.0 * Math.Abs(s * s * s))),
                    _ => (moment0 + (moment1 * a), 2.0 * s * Math.Abs(s) * moment1 / lift1),
                };
                Assert.That(value, Is.EqualTo(((1.0 - plate) * attached) + (plate * separated)).Within(5.1e-6), $"{table.Name}({degrees})");
            }
        }
    }

    [Test]
    public void Hard_landing_is_told_from_a_touchdown()
    {
        Trajectory run = ModelLibrary.Run(Plane, 180, ("sinkLimit", 0.4));
        Assert.That(run.Segments[^1].Mode, Is.EqualTo("crashed"));
    }

    private static Expr Elevator => Expr.Variable(VariableKind.Discrete, "elevator");

    private static Expr State(string name) => Expr.Variable(VariableKind.State, name);

    private static double Value(string parameter) => Plane.Parameters.Single(p => p.Name == parameter).Value;

    private static Trajectory FromTrim()
    {
        TrimPoint trim = SolveCruise();
        var options = new SimulationOptions { Solver = ModelLibrary.Tight, InitialMode = "cruise" };
        (string, double)[] start =
        [
            .. trim.Values.Select(entry => (entry.Variable.Name!, entry.Value)),
            ("thetaRef", trim[State("theta")]), ("h", 50.0), ("hRef", 50.0), ("cruiseAltitude", 50.0),
        ];
        foreach ((string name, double value) in start)
        {
            options = options with { Values = options.Values.Add(name, value) };
        }

        return Scenario.For(Plane, useExperiment: false).Simulate(60, options: options);
    }

    /// <summary>Level, unaccelerated flight at the cruise speed: five equations of mode cruise for five unknowns.</summary>
    private static TrimPoint SolveCruise()
    {
        var flow = (ExprFlow)Plane.Mode("cruise").Flow;
        Expr airspeed = Plane.Outputs.Single(output => output.Name == "airspeed").Definition;
        var known = new Dictionary<Expr, double>();
        foreach (Parameter parameter in Plane.Parameters)
        {
            known.Add(Expr.Variable(VariableKind.Parameter, parameter.Name), parameter.Value);
        }

        foreach (StateVariable state in Plane.States)
        {
            known.Add(State(state.Name), 0.0);
        }

        foreach (InputVariable input in Plane.Inputs)
        {
            known.Add(Expr.Variable(VariableKind.Input, input.Name), input.Signal.Evaluate(0.0));
        }

        return Trim.Solve(
            [flow.DerivativeOf("u"), flow.DerivativeOf("w"), flow.DerivativeOf("q"), flow.DerivativeOf("h"), airspeed - 25.0],
            [(State("u"), 25.0), (State("w"), 1.0), (State("theta"), 0.0), (State("throttle"), 0.5), (Elevator, 0.0)],
            known);
    }
}
