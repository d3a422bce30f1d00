using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Benchmarks.Solvers;

/// <summary>Where in the complex plane of z = h lambda a method keeps solutions of x' = lambda x from growing.</summary>
internal static class StabilityRegion
{
    private const int Cells = 150;

    /// <summary>The boundary |R(z)| = 1 of a one-step method, measured: one step of the method itself from 1 is R(z).</summary>
    /// <param name="solver">The method; its tolerances are made so loose that it takes the one step.</param>
    /// <param name="left">Least real part.</param>
    /// <param name="right">Largest real part.</param>
    /// <param name="height">Largest imaginary part.</param>
    /// <returns>Curves, separated by points that are not numbers.</returns>
    public static (double[] X, double[] Y) Boundary(Solver solver, double left, double right, double height)
    {
        Scenario scenario = Scenario.For(Model());
        SimulationOptions options = new() { Solver = OneStep(solver), Recording = Recording.Events };
        return Contour(left, right, height, z =>
        {
            Trajectory run = scenario.TrySimulate(
                1.0, options with { Values = ImmutableDictionary<string, double>.Empty.Add("re", z.Real).Add("im", z.Imaginary) });
            ImmutableArray<double> end = run.At(run.EndTime).States;
            return Complex.Abs(new(end[0], end[1])) - 1.0;
        });
    }

    /// <summary>The root locus of a numerical differentiation formula: z for which a root of its polynomial lies on the unit circle.</summary>
    /// <param name="order">Order k, 1 to 5.</param>
    /// <remarks>z = sum of (1 - w)^j / j to k - kappa gamma_k (1 - w)^(k + 1), w on the unit circle; kappa as in <see cref="BdfFormula"/>.</remarks>
    public static (double[] X, double[] Y) Locus(int order)
    {
        double shift = BdfFormula.Gammas[order] - BdfFormula.Lead(order);
        var points = new Complex[721];
        for (int k = 0; k < points.Length; k++)
        {
            Complex difference = 1.0 - Complex.FromPolarCoordinates(1.0, 2.0 * Math.PI * k / (points.Length - 1));
            Complex z = -shift * Complex.Pow(difference, order + 1);
            for (int j = 1; j <= order; j++)
            {
                z += Complex.Pow(difference, j) / j;
            }

            points[k] = z;
        }

        return ([.. points.Select(z => z.Real)], [.. points.Select(z => z.Imaginary)]);
    }

    private static Solver OneStep(Solver solver) => solver switch
    {
        AdaptiveSolver method => method with { RelativeTolerance = 0.5, AbsoluteTolerance = 1e200, InitialStep = 1.0 },
        FixedStepRungeKutta method => method with { Step = 1.0 },
        _ => solver,
    };

    private static HybridAutomaton Model() => HybridAutomaton.Build("dahlquist", h =>
    {
        Expr x = h.State("x", initial: 1.0);
        Expr y = h.State("y");
        Expr re = h.Parameter("re", -1.0);
        Expr im = h.Parameter("im", 0.0);
        h.Mode("flow").Flow((x, y), ((re * x) - (im * y), (im * x) + (re * y)));
    });

    // Marching squares on a grid; the value is interpolated along the sides of cells, and segments are joined to curves.
    private static (double[] X, double[] Y) Contour(double left, double right, double height, Func<Complex, double> value)
    {
        double step = (right - left) / Cells;
        int rows = (int)Math.Ceiling(height / step);
        var values = new double[Cells + 1, rows + 1];
        for (int i = 0; i <= Cells; i++)
        {
            for (int j = 0; j <= rows; j++)
            {
                values[i, j] = value(new(left + (i * step), j * step)); // the region is symmetric about the real axis
            }
        }

        var x = new List<double>();
        var y = new List<double>();
        foreach (List<(double X, double Y)> curve in Join(Segments(values, rows)))
        {
            foreach (int sign in (int[])[1, -1])
            {
                x.AddRange(curve.Select(point => left + (point.X * step)).Append(double.NaN));
                y.AddRange(curve.Select(point => sign * point.Y * step).Append(double.NaN));
            }
        }

        return ([.. x], [.. y]);
    }

    private static List<((double, double) From, (double, double) To)> Segments(double[,] values, int rows)
    {
        var segments = new List<((double, double), (double, double))>();
        for (int i = 0; i < Cells; i++)
        {
            for (int j = 0; j < rows; j++)
            {
                (int X, int Y)[] corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)];
                var crossings = new List<(double, double)>();
                for (int k = 0; k < 4; k++)
                {
                    // Each side from its lower end, so that the two cells beside it find the same point.
                    (int X, int Y)[] side = [.. new[] { corners[k], corners[(k + 1) % 4] }.Order()];
                    double a = values[side[0].X, side[0].Y];
                    double b = values[side[1].X, side[1].Y];
                    if (double.IsFinite(a) && double.IsFinite(b) && (a > 0.0) != (b > 0.0))
                    {
                        double share = a / (a - b);
                        crossings.Add((side[0].X + (share * (side[1].X - side[0].X)), side[0].Y + (share * (side[1].Y - side[0].Y))));
                    }
                }

                for (int k = 0; k + 1 < crossings.Count; k += 2)
                {
                    segments.Add((crossings[k], crossings[k + 1]));
                }
            }
        }

        return segments;
    }

    private static IEnumerable<List<(double X, double Y)>> Join(List<((double, double) From, (double, double) To)> segments)
    {
        var open = new HashSet<int>(Enumerable.Range(0, segments.Count));
        ILookup<(double, double), int> at = segments
            .SelectMany((segment, k) => new[] { (segment.From, k), (segment.To, k) })
            .ToLookup(entry => entry.Item1, entry => entry.k);
        while (open.Count > 0)
        {
            int first = open.First();
            open.Remove(first);
            var curve = new List<(double, double)> { segments[first].From, segments[first].To };
            for (int turn = 0; turn < 2; turn++)
            {
                while (at[curve[^1]].FirstOrDefault(open.Contains, -1) is >= 0 and int next)
                {
                    open.Remove(next);
                    curve.Add(segments[next].From == curve[^1] ? segments[next].To : segments[next].From);
                }

                curve.Reverse();
            }

            yield return curve;
        }
    }
}
