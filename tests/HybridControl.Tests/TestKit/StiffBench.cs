using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.TestKit;

/// <summary>Stiff right-hand sides and differential-algebraic ones, with their solutions, and what is measured on them.</summary>
internal static class StiffBench
{
    /// <summary>Robertson's reaction: from (1, 0, 0) to 1e11.</summary>
    /// <remarks>Reference of the test set for IVP solvers (F. Mazzia and C. Magherini), which RADAU5 at 1e-13 repeats to 12 digits.</remarks>
    public static OdeFunction Robertson { get; } = Of(3, x =>
    {
        Expr first = (-0.04 * x[0]) + (1e4 * x[1] * x[2]);
        Expr last = 3e7 * x[1] * x[1];
        return [first, -first - last, last];
    });

    public static double[] RobertsonEnd => [0.2083340149701255e-07, 0.8333360770334713e-13, 0.9999999791665050];

    /// <summary>Van der Pol's oscillator, mu = 1000, from (2, 0): it crosses zero for the fourth time at <see cref="FourthCrossing"/>.</summary>
    public static OdeFunction VanDerPol { get; } = Of(2, x => [x[1], (1000.0 * (1.0 - (x[0] * x[0])) * x[1]) - x[0]]);

    /// <summary>From quadruple precision with extrapolation.</summary>
    public static double FourthCrossing => 3228.6864295283788;

    /// <summary>x' = lambda (x - sin t) + cos t from 0, lambda = -1e6: sin t.</summary>
    public static OdeFunction ProtheroRobinson { get; } =
        Of(1, x => [(-1e6 * (x[0] - Expr.Sin(Expr.Time))) + Expr.Cos(Expr.Time)]);

    /// <summary>When <see cref="Crossings"/> changes its mode, up to 10 s.</summary>
    public static double[] CrossingTimes => [Math.PI / 3.0, (2.0 * Math.PI) - Math.Acos(0.6), 7.0 * Math.PI / 3.0];

    /// <summary>x' = -1e6 (x - cos t) - sin t from 1, cos t, which changes its mode where it falls to 0.5 and rises to 0.6.</summary>
    public static HybridAutomaton Crossings() => HybridAutomaton.Build("crossings", h =>
    {
        Expr x = h.State("x", 1.0);
        Expr rate = (-1e6 * (x - Expr.Cos(Expr.Time))) - Expr.Sin(Expr.Time);
        ModeBuilder above = h.Mode("above");
        ModeBuilder below = h.Mode("below");
        above.Flow(x, rate);
        below.Flow(x, rate);
        h.Transition(above, below).Guard(x <= 0.5);
        h.Transition(below, above).Guard(x >= 0.6);
    });

    /// <summary>x' = z, 0 = z^2 - x (1 + sin t)^2 from (1, 1): x = (1 + (t + 1 - cos t) / 2)^2, z = sqrt(x) (1 + sin t).</summary>
    public static OdeFunction Dae { get; } = Of(2, x => [x[1], Expr.Square(x[1]) - (x[0] * Expr.Square(1.0 + Expr.Sin(Expr.Time)))]) with
    {
        Mass = MassMatrix.Constant(2, [(0, 0)], [1.0]),
    };

    public static double[] DaeAt(double t)
    {
        double root = 1.0 + (0.5 * (t + 1.0 - Math.Cos(t)));
        return [root * root, root * (1.0 + Math.Sin(t))];
    }

    /// <summary>x' = -z, 0 = z^2 - x from (4, 2): z = 2 - t / 2.</summary>
    public static OdeFunction Outflow { get; } = Of(2, x => [-x[1], (x[1] * x[1]) - x[0]]) with
    {
        Mass = MassMatrix.Constant(2, [(0, 0)], [1.0]),
    };

    public static double[] OutflowAt(double t) => [(2.0 - (0.5 * t)) * (2.0 - (0.5 * t)), 2.0 - (0.5 * t)];

    /// <summary>2 x' + y' = -x, y' = x - y + cos t, a matrix before the derivatives of <see cref="Solved"/>.</summary>
    public static OdeFunction Massive { get; } = Of(2, x => [-x[0], x[0] - x[1] + Expr.Cos(Expr.Time)]) with
    {
        Mass = MassMatrix.Constant(2, [(0, 0), (0, 1), (1, 1)], [2.0, 1.0, 1.0]),
    };

    /// <summary>The same system solved for its derivatives.</summary>
    public static OdeFunction Solved { get; } = Of(2, x =>
    {
        Expr y = x[0] - x[1] + Expr.Cos(Expr.Time);
        return [0.5 * (-x[0] - y), y];
    });

    /// <summary>A right-hand side of some states.</summary>
    public static OdeFunction Of(int count, Func<Expr[], Expr[]> flow)
    {
        var slots = new SlotMap();
        string[] names = [.. Enumerable.Range(0, count).Select(i => $"x{i}")];
        foreach (string name in names)
        {
            slots.Add(VariableKind.State, name);
        }

        return OdeBench.Compile(slots, flow([.. names.Select(name => Expr.Variable(VariableKind.State, name))]));
    }

    /// <summary>Integrates to a time.</summary>
    public static double[] Run(Stepper stepper, double until)
    {
        while (stepper.Time < until)
        {
            StepStatus status = stepper.Step(until);
            Assert.That(status, Is.EqualTo(StepStatus.Accepted), $"at {stepper.Time}");
            stepper.Accept();
        }

        return stepper.States.ToArray();
    }

    /// <summary>A stepper with steps of one size, whose iterations go to the last digits all the same.</summary>
    public static Stepper WithStep(
        AdaptiveSolver solver, OdeFunction function, double size, double time, double[] states, double iteration = 1e-13)
    {
        Stepper stepper = OdeBench.Start(
            solver with { RelativeTolerance = iteration, AbsoluteTolerance = iteration, InitialStep = size, MaximumStep = size }, function, time, states);
        stepper.ErrorScale = 1e-40;
        return stepper;
    }

    /// <summary>The error at a time after steps of one size.</summary>
    public static double ErrorAt(AdaptiveSolver solver, OdeFunction function, Func<double, double[]> exact, double until, int steps)
    {
        Stepper stepper = WithStep(solver, function, until / steps, 0.0, exact(0.0));
        double[] end = Run(stepper, until);
        Assert.That(stepper.Steps, Is.EqualTo(steps).Within(1));
        return end.Zip(exact(until), (x, y) => Math.Abs(x - y)).Max();
    }

    /// <summary>The largest error of the dense output of single steps from exact states.</summary>
    public static double ErrorInside(AdaptiveSolver solver, OdeFunction function, Func<double, double[]> exact, double size)
    {
        double worst = 0.0;
        for (int start = 0; start < 20; start++)
        {
            double time = 0.2 * start;
            Stepper stepper = WithStep(solver, function, size, time, exact(time), iteration: 1e-12);
            Assert.That(stepper.Step(100.0), Is.EqualTo(StepStatus.Accepted));
            Assert.That(stepper.Size, Is.EqualTo(size));
            int stride = stepper.DenseDegree + 1;
            double[] c = new double[function.Dimension * stride];
            stepper.WriteDense(c);
            for (int k = 0; k <= 20; k++)
            {
                double theta = 0.05 * k;
                double[] expected = exact(time + (theta * size));
                for (int i = 0; i < expected.Length; i++)
                {
                    double value = c.AsSpan(i * stride, stride).ToArray().Reverse().Aggregate((sum, next) => (sum * theta) + next);
                    worst = Math.Max(worst, Math.Abs(value - expected[i]));
                }
            }
        }

        return worst;
    }
}
