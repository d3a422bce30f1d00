using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation.Sliding;

/// <summary>Random affine flows on both sides of a line, against the same switch smoothed over a small width, or a smaller and tighter one.</summary>
public class RandomSlidingTests
{
    private const double Width = 3e-4;

    [Test]
    public void Random_flows_slide_as_their_smoothed_switch_does()
    {
        int slid = 0;
        var faults = new List<string>();
        for (int seed = 0; seed < 120; seed++)
        {
            Trajectory run = Switched(seed).TrySimulate(3.0, new() { Solver = TightSolvers.One });
            if (run.Status != RunStatus.Completed)
            {
                faults.Add($"{seed}: {run.Status} {run.Reason}");
                continue;
            }

            slid += run.Segments.Any(segment => segment.Mode.StartsWith("slide", StringComparison.Ordinal) && segment.End > segment.Start + 0.01) ? 1 : 0;
            double wide = DistanceTo(run, seed, Width, 1e-4);
            if (!(wide < 5e-3) && !(DistanceTo(run, seed, 0.1 * Width, 1e-9) < 0.3 * wide))
            {
                faults.Add(FormattableString.Invariant($"{seed}: {wide}"));
            }
        }

        Assert.That(faults, Is.Empty);
        Assert.That(slid, Is.GreaterThan(20));
    }

    private static HybridAutomaton Switched(int seed) => HybridAutomaton.Build("switched", h =>
    {
        (Expr x, Expr y, Expr[] first, Expr[] second, Expr surface) = Flows(h, seed);
        var (a, b) = (h.Mode("a").Flow((x, y), (first[0], first[1])), h.Mode("b").Flow((x, y), (second[0], second[1])));
        h.Transition(a, b).Guard(surface <= 0.0);
        h.Transition(b, a).Guard(surface >= 0.0);
        h.Sliding(a, b);
    });

    private static double DistanceTo(Trajectory run, int seed, double width, double tolerance)
    {
        Trajectory smooth = Smoothed(seed, width).Simulate(3.0, new DormandPrince5 { RelativeTolerance = tolerance, AbsoluteTolerance = 0.01 * tolerance });
        double difference = new[] { "x", "y" }.Max(name => Math.Abs(run.Value(name, 3.0) - smooth.Value(name, 3.0)));
        return difference / (1.0 + Math.Abs(run.Value("x", 3.0)) + Math.Abs(run.Value("y", 3.0)));
    }

    private static HybridAutomaton Smoothed(int seed, double width) => HybridAutomaton.Build("smoothed", h =>
    {
        (Expr x, Expr y, Expr[] first, Expr[] second, Expr surface) = Flows(h, seed);
        Expr share = 0.5 * (1.0 - Expr.Tanh(surface / width));
        h.Mode("m").Flow((x, y), (first[0] + (share * (second[0] - first[0])), first[1] + (share * (second[1] - first[1]))));
    });

    private static (Expr X, Expr Y, Expr[] First, Expr[] Second, Expr Surface) Flows(AutomatonBuilder h, int seed)
    {
        var random = new Random(seed);
        double Next() => (4.0 * random.NextDouble()) - 2.0;
        var (x, y) = (h.State("x", initial: Next()), h.State("y", initial: Next()));
        Expr Affine() => Next() + (Next() * x) + (Next() * y);
        Expr[] first = [Affine(), Affine()];
        Expr[] second = [Affine(), Affine()];
        return (x, y, first, second, Affine());
    }
}
