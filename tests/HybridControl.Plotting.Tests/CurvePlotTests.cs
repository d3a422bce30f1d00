using HybridControl.Diagnostics;
using HybridControl.Simulation;

namespace HybridControl.Plotting.Tests;

public sealed class CurvePlotTests
{
    [Test]
    public void A_logarithmic_axis_counts_in_powers_of_ten()
    {
        string svg = Plot.Curves("error", "time", yUnit: "ms", logarithmicX: true, logarithmicY: true)
            .Curve("dp5", [1e-2, 1e-5, 1e-8], [0.1, 1.0, 10.0], marked: true).ToSvg();
        Assert.That(svg, Does.Contain(">10⁻²<").And.Contain(">10⁰<").And.Contain("time [ms]").And.Contain("dp5"));
        Assert.That(svg, Does.Not.Contain("NaN"));
    }

    [Test]
    public void What_a_logarithm_has_not_breaks_the_curve()
    {
        CurvePlot empty = Plot.Curves("x", "y", logarithmicY: true);
        int Lines(CurvePlot plot) => plot.ToSvg().Split("<polyline").Length;
        CurvePlot whole = empty.Curve("a", [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]);
        CurvePlot broken = empty.Curve("a", [1, 2, 3, 4, 5], [1, 2, 0, 4, 5]);
        Assert.That(Lines(broken), Is.EqualTo(Lines(whole) + 1));
    }

    [Test]
    public void A_frame_has_units_of_one_length()
    {
        string svg = Plot.Curves("Re z", "Im z").Region("stable", [-1, -1, 1, 1], [-1, 1, 1, -1]).Frame(-2, 2, -2, 2).ToSvg();
        Assert.That(svg, Does.Contain("<polygon").And.Contain("stable"));
        Assert.That(() => Plot.Curves("x", "y").Frame(1, 1, 0, 1), Throws.TypeOf<ModelException>());
    }

    [Test]
    public void As_many_values_as_places()
    {
        Assert.That(() => Plot.Curves("x", "y").Curve("a", [1, 2], [1]), Throws.TypeOf<ModelException>().With.Message.Contains("1 values at 2 places"));
    }

    [Test]
    public void A_comparison_of_solvers_has_a_curve_for_each_that_ran()
    {
        SolverRun Run(string solver, double error) => new(solver, 1e-6, RunStatus.Completed, "", error, double.NaN, new(), 0.001);
        var comparison = new SolverComparison
        {
            Model = "pendulum",
            Runs = [Run("dp5", 1e-5), Run("dp5", 1e-8), Run("tsit5", 1e-6), Run("broken", double.NaN)],
            Refused = [],
            Reference = null,
        };
        string svg = comparison.Plot().ToSvg();
        Assert.That(svg, Does.Contain("pendulum").And.Contain("dp5").And.Contain("tsit5").And.Not.Contain("broken"));
    }
}
