using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Benchmarks.Solvers;

/// <summary>Error against the number of steps, on a pendulum and on a stiff equation whose solution is smooth.</summary>
internal static class OrderStudy
{
    private const double SwingTime = 6.0;
    private static readonly Lazy<double[]> s_swing = new(() =>
    {
        Trajectory exact = Scenario.For(Pendulum()).TrySimulate(
            SwingTime, new() { Solver = new Verner9 { RelativeTolerance = 1e-14, AbsoluteTolerance = 1e-15 } });
        return [.. exact.At(SwingTime).States];
    });

    /// <summary>Points (steps, error) of a method on a ladder of tolerances, errors within what doubles resolve.</summary>
    public static (double[] Steps, double[] Errors) OnPendulum(AdaptiveSolver solver) =>
        Climb(solver, Pendulum(), SwingTime, Recording.Events, run => run.At(SwingTime).States.Select((x, i) => Math.Abs(x - s_swing.Value[i])).Max());

    /// <summary>The same on Prothero and Robinson's equation with lambda = -1e4: root mean square error at a hundred instants.</summary>
    public static (double[] Steps, double[] Errors) OnStiff(AdaptiveSolver solver) =>
        Climb(solver, ProtheroRobinson(), 10.0, Recording.Everything, run => Math.Sqrt(Enumerable.Range(1, 100)
            .Select(k => run.Value("y", 0.1 * k) - Math.Sin((0.1 * k) + 0.5)).Average(error => error * error)));

    /// <summary>The slope -d log error / d log steps by least squares over the tighter half of the points; NaN with less than three.</summary>
    public static double SlopeOf((double[] Steps, double[] Errors) points)
    {
        double[] x = [.. points.Steps.Skip(points.Steps.Length / 2).Select(value => Math.Log(value))];
        double[] y = [.. points.Errors.Skip(points.Errors.Length / 2).Select(value => Math.Log(value))];
        if (x.Length < 3)
        {
            return double.NaN;
        }

        double meanX = x.Average();
        double meanY = y.Average();
        return -x.Select((value, k) => (value - meanX) * (y[k] - meanY)).Sum() / x.Sum(value => (value - meanX) * (value - meanX));
    }

    private static (double[] Steps, double[] Errors) Climb(
        AdaptiveSolver solver, HybridAutomaton model, double until, Recording recording, Func<Trajectory, double> error)
    {
        Scenario scenario = Scenario.For(model);
        var steps = new List<double>();
        var errors = new List<double>();
        for (double digits = 3.0; digits <= 12.5; digits += 0.5)
        {
            double tolerance = Math.Pow(10.0, -digits);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            Trajectory run = scenario.TrySimulate(
                until,
                new()
                {
                    Solver = solver with { RelativeTolerance = tolerance, AbsoluteTolerance = 0.1 * tolerance },
                    Recording = recording,
                },
                limit.Token);
            if (run.Status != RunStatus.Completed)
            {
                break;
            }

            double value = error(run);
            if (value > 1e-13)
            {
                steps.Add(run.Statistics.Steps);
                errors.Add(value);
            }
        }

        return ([.. steps], [.. errors]);
    }

    private static HybridAutomaton Pendulum() => HybridAutomaton.Build("pendulum", h =>
    {
        Expr angle = h.State("angle", initial: 2.0);
        Expr speed = h.State("speed");
        h.Mode("swing").Flow((angle, speed), (speed, -Expr.Sin(angle)));
    });

    private static HybridAutomaton ProtheroRobinson() => HybridAutomaton.Build("prothero-robinson", h =>
    {
        Expr y = h.State("y", Math.Sin(0.5));
        h.Mode("flow").Flow(y, (-1e4 * (y - Expr.Sin(Expr.Time + 0.5))) + Expr.Cos(Expr.Time + 0.5));
    });
}
