using HybridControl.Dynamics;
using HybridControl.Solvers;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Solvers;

/// <summary>The order conditions of Runge-Kutta methods, all trees up to the order, on every tableau.</summary>
/// <remarks>E. Hairer, S. P. Norsett and G. Wanner, Solving Ordinary Differential Equations I, section II.2.</remarks>
public class TableauTests
{
    // Tableau, order of the embedded weights, order of the dense output, rounding of its largest weights.
    private static IEnumerable<TestCaseData> Tableaux()
    {
        static TestCaseData Case(ButcherTableau tableau, string name, int embedded, int dense, double rounding) =>
            new TestCaseData(tableau, embedded, dense, rounding).SetArgDisplayNames(name);
        yield return Case(Tableaus.Euler, "euler", 0, 1, 2e-14);
        yield return Case(Tableaus.RungeKutta4, "rk4", 0, 3, 2e-14);
        yield return Case(Tableaus.BogackiShampine3, "bs3", 2, 3, 2e-14);
        yield return Case(Tableaus.DormandPrince5, "dp5", 4, 4, 2e-14);
        yield return Case(Tableaus.Tsitouras5, "tsit5", 4, 4, 2e-14);
        yield return Case(Tableaus.DormandPrince853, "dop853", 5, 7, 1e-13);
        yield return Case(Tableaus.Verner9, "vern9", 8, 8, 1e-12);
    }

    [Test]
    public void A_pair_of_the_user_is_stepped_like_any_other()
    {
        var solver = new HeunEuler { RelativeTolerance = 1e-7, AbsoluteTolerance = 1e-9 };
        foreach (OdeFunction function in new[] { OdeBench.Smooth, new OdeFunction(2, OdeBench.Smooth.Derivatives, null, null) })
        {
            double[] end = StiffBench.Run(OdeBench.Start(solver, function, 0.0, OdeBench.SmoothAt(0.0)), 3.0);
            Assert.That(end, Is.EqualTo(OdeBench.SmoothAt(3.0)).Within(1e-4));
        }
    }

    [Test]
    public void Coefficients_of_the_wrong_shape_are_refused()
    {
        double[][] none = [];
        Assert.That(() => new ButcherTableau(1, none, [], none), Throws.ArgumentException);
        Assert.That(() => new ButcherTableau(2, [[1.0], [0.5]], [], none), Throws.ArgumentException.With.Message.Contains("Row 2"));
        Assert.That(() => new ButcherTableau(2, [[1.0], [0.0, 0.0]], [], none), Throws.ArgumentException.With.Message.Contains("zeros"));
        Assert.That(() => new ButcherTableau(2, [[1.0]], [1.0, -1.0, 0.0], none), Throws.ArgumentException);
        Assert.That(() => new RosenbrockTableau(2, 0.3, [[1.0]], [[1.0]], [0.0], [0.0, 0.0], [[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]), Throws.ArgumentException);
        Assert.That(() => new RosenbrockTableau(2, 0.3, [[1.0]], [[1.0]], [0.0, 1.0], [0.0, 0.0], [[0.0, 0.0]]), Throws.ArgumentException);
        Assert.That(() => new EsdirkTableau(2, 0.3, [[0.3]], [0.0], [0.0, 0.0], [[1.0]]), Throws.ArgumentException);
        Assert.That(() => new EsdirkTableau(2, 0.3, [[0.3]], [0.0, 0.0], [0.0, 0.0], none), Throws.ArgumentException);
    }

    // On x' = lambda x, z = h lambda, one step of x = 1 errs by R(z) - e^z and is said to err by E(z).
    [TestCaseSource(nameof(Tableaux))]
    public void The_estimate_of_a_decay_vanishes_where_the_documentation_says_and_nowhere_else(ButcherTableau tableau, int embedded, int dense, double rounding)
    {
        double least = double.PositiveInfinity;
        double at = double.NegativeInfinity;
        for (double z = -0.5; embedded > 0; z -= 1.0 / 1024.0)
        {
            (double end, double error, double second) = Step(tableau, z);
            if (Math.Abs(end) > 1.0)
            {
                break;
            }

            double estimate = tableau.Companion.IsEmpty ? Math.Abs(error) : error * error / Math.Sqrt((error * error) + (second * second / 100.0));
            double share = estimate / Math.Abs(end - Math.Exp(z));
            (least, at) = share < least ? (share, z) : (least, at);
        }

        double? zero = ReferenceEquals(tableau, Tableaus.BogackiShampine3) ? -1.0 : ReferenceEquals(tableau, Tableaus.DormandPrince853) ? -5.654 : null;
        Assert.That(least, zero is null ? Is.GreaterThan(0.2) : Is.LessThan(1e-6));
        Assert.That(at, zero is null ? Is.LessThan(-0.5) : Is.EqualTo(zero).Within(1e-3));
    }

    [TestCase(1, 1)]
    [TestCase(4, 4)]
    [TestCase(9, 286)]
    public void There_are_as_many_trees_as_there_should_be(int order, int count) =>
        Assert.That(RootedTree.Of(order), Has.Length.EqualTo(count));

    [TestCaseSource(nameof(Tableaux))]
    public void Weights_satisfy_the_conditions_of_their_order_and_no_more(ButcherTableau tableau, int embedded, int dense, double rounding)
    {
        double[] b = [.. tableau.A[^1], 0.0];
        Check(tableau, b, tableau.Order, 2e-14);
        Assert.That(Defect(tableau, b, tableau.Order + 1), Is.GreaterThan(1e-7));
        Assert.That(tableau.C[^1], Is.EqualTo(1.0).Within(1e-14), "the last stage is the end of the step");
    }

    [TestCaseSource(nameof(Tableaux))]
    public void Embedded_weights_have_their_order(ButcherTableau tableau, int embedded, int dense, double rounding)
    {
        Assert.That(tableau.E.IsEmpty, Is.EqualTo(embedded == 0));
        if (embedded > 0)
        {
            Check(tableau, Embedded(tableau, tableau.E), embedded, 2e-14);
            Assert.That(Defect(tableau, Embedded(tableau, tableau.E), embedded + 1), Is.GreaterThan(1e-6));
            Assert.That(tableau.E.Sum(), Is.Zero.Within(1e-14));
        }
    }

    [Test]
    public void The_companion_of_order_three_makes_the_estimate_of_order_five_fall_like_one_of_order_seven()
    {
        ButcherTableau tableau = Tableaus.DormandPrince853;
        Check(tableau, Embedded(tableau, tableau.Companion), 3, 2e-14);
        Assert.That(Defect(tableau, Embedded(tableau, tableau.Companion), 4), Is.GreaterThan(1e-3));
        Assert.That(tableau.ErrorOrder, Is.EqualTo((2 * (5 + 1)) - (3 + 1) - 1)); // e^2 / c
    }

    // x = x0 + h sum of b_i(theta) k_i, with conditions theta^order / gamma at every theta.
    [TestCaseSource(nameof(Tableaux))]
    public void Dense_output_has_its_order_at_every_point(ButcherTableau tableau, int embedded, int dense, double rounding)
    {
        for (double theta = 0.1; theta < 1.0; theta += 0.2)
        {
            Check(tableau, DenseAt(tableau, theta), dense, rounding, theta);
        }

        Assert.That(Defect(tableau, DenseAt(tableau, 0.4), dense + 1, 0.4), Is.GreaterThan(1e-7));
    }

    private static double[] Embedded(ButcherTableau tableau, IReadOnlyList<double> error)
    {
        double[] b = [.. tableau.A[^1], 0.0];
        return [.. b.Select((weight, j) => weight - (j < error.Count ? error[j] : 0.0))];
    }

    // Hermite basis over the two ends plus theta^2 (1 - theta)^2 sum of theta^m d_m.
    private static double[] DenseAt(ButcherTableau tableau, double theta)
    {
        int s = tableau.Stages;
        double rest = 1.0 - theta;
        double[] b = new double[s + tableau.Extra.Length];
        for (int i = 0; i < b.Length; i++)
        {
            double weight = i < s - 1 ? tableau.A[^1][i] : 0.0;
            double bump = 0.0;
            for (int m = tableau.D.Length - 1; m >= 0; m--)
            {
                bump = (bump * theta) + tableau.D[m][i];
            }

            b[i] = (theta * theta * (3.0 - (2.0 * theta)) * weight) + (theta * theta * rest * rest * bump);
        }

        b[0] += theta * rest * rest;
        b[s - 1] -= theta * theta * rest;
        return b;
    }

    private static (double End, double Error, double Second) Step(ButcherTableau tableau, double z)
    {
        double[] slopes = new double[tableau.Stages];
        double end = 1.0;
        for (int i = 0; i < slopes.Length; i++)
        {
            end = i == 0 ? 1.0 : 1.0 + tableau.A[i - 1].Select((a, j) => a * slopes[j]).Sum();
            slopes[i] = z * end;
        }

        return (end, tableau.E.Select((e, j) => e * slopes[j]).Sum(), tableau.Companion.Select((e, j) => e * slopes[j]).Sum());
    }

    private static void Check(ButcherTableau tableau, double[] b, int order, double rounding, double theta = 1.0)
    {
        for (int k = 1; k <= order; k++)
        {
            Assert.That(Defect(tableau, b, k, theta), Is.LessThan(rounding), $"order {k}, theta {theta}");
        }
    }

    // The largest failure among the conditions of one order.
    private static double Defect(ButcherTableau tableau, double[] b, int order, double theta = 1.0)
    {
        double[][] rows = [[], .. tableau.A.Select(row => row.ToArray()), .. tableau.Extra.Select(row => row.ToArray())];
        var known = new Dictionary<RootedTree, double[]>(); // branches are shared between trees
        double[] Stages(RootedTree tree)
        {
            if (!known.TryGetValue(tree, out double[]? values))
            {
                double[][] branches = [.. tree.Branches.Select(Stages)];
                values = [.. rows.Select(row => branches.Aggregate(1.0, (product, branch) => product * Dot(row, branch)))];
                known.Add(tree, values);
            }

            return values;
        }

        return RootedTree.Of(order).Max(tree => Math.Abs(Dot(b, Stages(tree)) - (Math.Pow(theta, order) / tree.Density)));
    }

    private static double Dot(double[] weights, double[] values)
    {
        double sum = 0.0;
        for (int i = 0; i < weights.Length; i++)
        {
            sum += weights[i] * values[i];
        }

        return sum;
    }

    private sealed record HeunEuler : AdaptiveRungeKutta
    {
        public override string Name => "heun";

        public override ButcherTableau Tableau { get; } = new(2, [[1.0], [0.5, 0.5]], [0.5, -0.5], []);
    }
}
