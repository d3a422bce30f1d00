using HybridControl.Automata;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation;

/// <summary>Tables in flows and guards of a run, in closed form.</summary>
public class TableRunTests
{
    [Test]
    public void A_guard_on_a_bilinear_table_fires_where_the_product_says()
    {
        foreach (var solver in TightSolvers.All)
        {
            var model = HybridAutomaton.Build("product", h =>
            {
                Expr x = h.State("x");
                Expr y = h.State("y");
                SurfaceFunction product = h.Table("product", [0.0, 1.5, 4.0], [0.0, 1.0, 9.0], new[,] { { 0.0, 0.0, 0.0 }, { 0.0, 1.5, 13.5 }, { 0.0, 4.0, 36.0 } });
                ModeBuilder go = h.Mode("go").Flow((x, y), (1.0, 2.0));
                h.Transition(go, h.Mode("end"), "met").Guard(product[x, y] >= 8.0);
            });
            Trajectory run = model.Simulate(until: 3.0, solver: solver);
            Assert.That(run.Jumps, Has.Length.EqualTo(1));
            Assert.That(run.Jumps[0].Time, Is.EqualTo(2.0).Within(1e-9), "t * 2 t = 8, through two cells");
        }
    }

    [Test]
    public void Two_crossings_of_a_peak_inside_one_step_are_both_found()
    {
        var model = HybridAutomaton.Build("peak", h =>
        {
            Expr x = h.State("x");
            Expr n = h.Discrete("n");
            TableFunction peak = h.Table("peak", [0.0, 1.0, 2.0, 3.0], [0.0, 0.0, 1.0, 0.0], Extrapolation.Hold, Interpolation.MonotoneCubic);
            ModeBuilder go = h.Mode("go").Flow(x, 1.0);
            h.Transition(go, go, "cross").Guard(Condition.Crosses(peak[x] - 0.9999)).Edge(EdgeDirection.Both).Reset(n, n + 1.0);
        });
        Trajectory run = model.Simulate(until: 3.0);
        Assert.That(run.Jumps, Has.Length.EqualTo(2));
        Assert.That(run.Jumps[0].Time, Is.InRange(1.98, 2.0));
        Assert.That(run.Jumps[1].Time, Is.InRange(2.0, 2.02));
    }

    [Test]
    public void A_run_that_leaves_a_surface_names_it_and_its_argument()
    {
        var model = HybridAutomaton.Build("off the map", h =>
        {
            Expr x = h.State("x");
            SurfaceFunction map = h.Table("map", [0.0, 1.0], [0.0, 1.0], new[,] { { 1.0, 1.0 }, { 1.0, 1.0 } }, Extrapolation.Error);
            h.Mode("go").Flow(x, map[0.5, x]);
        });
        Trajectory run = model.TrySimulate(until: 3.0);
        Assert.That(run.Reason, Does.Contain("Table 'map' was left: its second argument is"));
    }
}
