using System.Globalization;
using HybridControl.Plotting;
using HybridControl.Solvers;

namespace HybridControl.Benchmarks.Solvers;

/// <summary>The pictures of docs/theory/solvers-*.md, from the methods themselves: regions of stability and measured orders.</summary>
internal static class SolverPlots
{
    // Of variable order, or a choice between others: they have no function R(z) of their own.
    private static readonly string[] s_severalSteps = ["adams", "bdf", "auto"];

    /// <summary>Draws all pictures into a folder, docs/images by default, and prints the measured orders.</summary>
    public static int Run(string[] args)
    {
        string folder = args.Length > 0 ? args[0] : Path.Combine("docs", "images");
        Directory.CreateDirectory(folder);
        Solver[] all = [.. SolverCatalog.Names.Select(name => SolverCatalog.Create(name))];
        Solver[] plain = [.. all.Where(solver => solver is IRungeKuttaMethod and not Euler)];
        AdaptiveSolver[] adaptive = [.. all.OfType<AdaptiveSolver>().Where(solver => !solver.IsSelective)];
        AdaptiveSolver[] stiff = [.. adaptive.Where(solver => solver is not IRungeKuttaMethod and not Adams)];
        Save(Regions(plain, -11.0, 3.0, 7.0), folder, "stability-explicit", "stable inside");
        Save(Regions([.. stiff.Where(solver => !s_severalSteps.Contains(solver.Name))], -8.0, 24.0, 16.0), folder, "stability-stiff", "stable outside");
        Save(Formulas(), folder, "stability-bdf", "orders 1 to 5, stable outside");
        Save(Orders("pendulum", adaptive, OrderStudy.OnPendulum), folder, "order", "pendulum");
        Save(Orders("stiff", stiff, OrderStudy.OnStiff), folder, "order-stiff", "Prothero and Robinson, λ = −10⁴");
        return 0;
    }

    private static void Save(CurvePlot plot, string folder, string name, string title)
    {
        plot.Title(title).Save(Path.Combine(folder, $"solver-{name}.svg"));
        Console.WriteLine($"solver-{name}.svg");
    }

    private static CurvePlot Plane() => Plot.Curves("real part of z = hλ", "imaginary part");

    private static CurvePlot Regions(IReadOnlyList<Solver> solvers, double left, double right, double height)
    {
        CurvePlot plot = Plane().Frame(left, right, -height, height);
        foreach (Solver solver in solvers)
        {
            (double[] x, double[] y) = StabilityRegion.Boundary(solver, left, right, height);
            plot = plot.Curve(solver.Name, x, y);
        }

        return plot;
    }

    private static CurvePlot Formulas()
    {
        CurvePlot plot = Plane().Frame(-6.0, 26.0, -16.0, 16.0);
        for (int order = 1; order <= BdfFormula.HighestOrder; order++)
        {
            (double[] x, double[] y) = StabilityRegion.Locus(order);
            plot = plot.Curve(order.ToString(CultureInfo.InvariantCulture), x, y);
        }

        return plot;
    }

    private static CurvePlot Orders(
        string problem, IReadOnlyList<AdaptiveSolver> solvers, Func<AdaptiveSolver, (double[] Steps, double[] Errors)> measure)
    {
        CurvePlot plot = Plot.Curves("steps", "error", logarithmicX: true, logarithmicY: true);
        foreach (AdaptiveSolver solver in solvers)
        {
            (double[] steps, double[] errors) = measure(solver);
            plot = plot.Curve(solver.Name, steps, errors, marked: true);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{problem,-10} {solver.Name,-10} stated {solver.Order,2}  measured {OrderStudy.SlopeOf((steps, errors)):F2}"));
        }

        return plot;
    }
}
