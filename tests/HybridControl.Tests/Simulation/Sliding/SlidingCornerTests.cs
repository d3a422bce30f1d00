using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation.Sliding;

/// <summary>Sliding along the intersection of two surfaces: in, along, out to one of them.</summary>
public class SlidingCornerTests
{
    [Test]
    public void A_corner_is_entered_from_one_surface_and_left_to_one_at_a_known_time()
    {
        // x' = 1/2 - sign x, y' = t/2 - sign y: on y = 0 the mean of sign y is t/2, on x = 0 that of sign x is 1/2.
        var model = HybridAutomaton.Build("two relays", h =>
        {
            var (x, y, z) = (h.State("x", initial: 0.3), h.State("y", initial: 0.2), h.State("z"));
            var (sx, sy) = (Expr.Sign(x), Expr.Sign(y));
            var m = h.Mode("m").Flow((x, y, z), (0.5 - sx, (0.5 * h.Time) - sy, sx + (2.0 * sy) + (sx * sy)));
            h.Sliding(m);
        });
        Trajectory run = model.Simulate(until: 3.0, TightSolvers.One);
        double first = 2.0 - Math.Sqrt(3.2);
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { first, 0.6, 2.0 }).Within(1e-9));
        Assert.That(run.Jumps.Select(jump => jump.To), Has.All.StartsWith("slide("));
        Assert.That(run.Value("x", 3.0), Is.Zero.Within(1e-14));
        Assert.That(run.Value("y", 1.5), Is.Zero.Within(1e-14));
        Assert.That(run.Value("y", 3.0), Is.EqualTo(0.25).Within(1e-9));

        // z' = 4, then 1 + 3 t/2 along y = 0, then 1/2 + 5 t/4 in the corner, then 3.
        double z = (4.0 * first) + (0.6 - first) + (0.75 * (0.36 - (first * first))) + (0.5 * 1.4) + (0.625 * (4.0 - 0.36)) + 3.0;
        Assert.That(run.Value("z", 3.0), Is.EqualTo(z).Within(1e-9));
    }

    [Test]
    public void The_shares_in_a_corner_solve_the_bilinear_conditions()
    {
        HybridAutomaton model = Coupled();
        Trajectory run = model.Simulate(until: 2.0, TightSolvers.One);
        Assert.That(run.Segments[^1].Mode, Is.EqualTo("slide(a,b,c,d)"));
        Assert.That(run.Value("x", 2.0), Is.Zero.Within(1e-13));
        Assert.That(run.Value("y", 2.0), Is.Zero.Within(1e-13));

        // Means (p, q) of the two signs by fixed-point iteration: p = 0.1 + 0.3 p q, q = -0.2 + 0.4 p.
        double p = 0.0;
        double q = 0.0;
        for (int i = 0; i < 100; i++)
        {
            (p, q) = (0.1 + (0.3 * p * q), -0.2 + (0.4 * p));
        }

        Assert.That(run.Value("z", 2.0) - run.Value("z", 1.5), Is.EqualTo(0.5 * p * q).Within(1e-9));
    }

    [Test]
    public void Every_pair_and_corner_is_found_by_the_policy()
    {
        HybridAutomaton declared = Coupled();
        HybridAutomaton plain = declared with
        {
            Modes = [.. declared.Modes.Where(mode => !mode.Name.StartsWith("slide", StringComparison.Ordinal))],
            Transitions = [.. Quadrants().Transitions],
        };
        Assert.That(plain.WithAllSliding().Modes.Count(mode => mode.Name.StartsWith("slide", StringComparison.Ordinal)), Is.EqualTo(5));
        Trajectory run = plain.Simulate(until: 2.0, options: new() { Solver = TightSolvers.One, Chattering = ChatteringPolicy.Slide });
        Assert.That(run.Value("z", 2.0), Is.EqualTo(declared.Simulate(until: 2.0, TightSolvers.One).Value("z", 2.0)).Within(1e-9));
        Assert.That(plain.TrySimulate(2.0).Status, Is.EqualTo(RunStatus.Chattering));
    }

    [Test]
    public void A_start_in_the_corner_slides_at_once()
    {
        Trajectory run = Coupled().Simulate(until: 1.0, options: new()
        {
            Values = System.Collections.Immutable.ImmutableDictionary<string, double>.Empty.Add("x", 0.0).Add("y", 0.0),
        });
        Assert.That(run.Segments[^1].Mode, Is.EqualTo("slide(a,b,c,d)"));
        Assert.That(run.Jumps[^1].Time, Is.Zero);
    }

    private static HybridAutomaton Coupled() => Quadrants().WithSliding(new SlidingModes("a", "b", "c", "d"));

    private static HybridAutomaton Quadrants() => HybridAutomaton.Build("quadrants", h =>
    {
        var (x, y, z) = (h.State("x", initial: 0.3), h.State("y", initial: 0.4), h.State("z"));
        ModeBuilder Quadrant(string name, double sx, double sy) => h.Mode(name).Flow(
            (x, y, z), (0.1 - sx + (0.3 * sx * sy), -0.2 - sy + (0.4 * sx), sx * sy));
        var (a, b) = (Quadrant("a", 1.0, 1.0), Quadrant("b", -1.0, 1.0));
        var (c, d) = (Quadrant("c", 1.0, -1.0), Quadrant("d", -1.0, -1.0));
        foreach ((ModeBuilder right, ModeBuilder left) in new[] { (a, b), (c, d) })
        {
            h.Transition(right, left).Guard(x <= 0.0);
            h.Transition(left, right).Guard(x >= 0.0);
        }

        foreach ((ModeBuilder top, ModeBuilder bottom) in new[] { (a, c), (b, d) })
        {
            h.Transition(top, bottom).Guard(y <= 0.0);
            h.Transition(bottom, top).Guard(y >= 0.0);
        }
    });
}
