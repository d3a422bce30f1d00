using HybridControl.Solvers;

namespace HybridControl.Tests.Solvers;

/// <summary>The order conditions of Runge-Kutta methods up to order 5, on every tableau.</summary>
/// <remarks>E. Hairer, S. P. Norsett and G. Wanner, Solving Ordinary Differential Equations I, table II.2.1.</remarks>
public class TableauTests
{
    private static IEnumerable<TestCaseData> Tableaux() =>
    [
        new TestCaseData(Tableaus.Euler).SetArgDisplayNames("euler"),
        new TestCaseData(Tableaus.RungeKutta4).SetArgDisplayNames("rk4"),
        new TestCaseData(Tableaus.DormandPrince5).SetArgDisplayNames("dp5"),
        new TestCaseData(Tableaus.Tsitouras5).SetArgDisplayNames("tsit5"),
    ];

    [TestCaseSource(nameof(Tableaux))]
    public void Weights_satisfy_the_conditions_of_their_order(ButcherTableau tableau)
    {
        double[] b = [.. tableau.A[^1], 0.0];
        Check(tableau, b, tableau.Order);
        Assert.That(tableau.C[^1], Is.EqualTo(1.0).Within(1e-14), "the last stage is the end of the step");
    }

    [TestCaseSource(nameof(Tableaux))]
    public void Embedded_weights_are_one_order_lower(ButcherTableau tableau)
    {
        if (tableau.E.IsEmpty)
        {
            Assert.That(tableau.Order, Is.Not.EqualTo(5));
            return;
        }

        double[] b = [.. tableau.A[^1], 0.0];
        double[] embedded = [.. b.Zip(tableau.E, (weight, error) => weight - error)];
        Check(tableau, embedded, tableau.Order - 1);
        Assert.That(tableau.E.Sum(), Is.Zero.Within(1e-14));
    }

    // x = x0 + h sum of b_i(theta) k_i: order 4 for every theta, so each power of theta has its conditions.
    [TestCaseSource(nameof(Tableaux))]
    public void Dense_output_is_of_order_four_at_every_point(ButcherTableau tableau)
    {
        if (tableau.D.IsEmpty)
        {
            Assert.That(tableau.Order, Is.LessThan(5));
            return;
        }

        int s = tableau.Stages;
        for (double theta = 0.1; theta < 1.0; theta += 0.2)
        {
            // Hermite basis over the two ends plus theta^2 (1 - theta)^2 d.
            double[] b = new double[s];
            double rest = 1.0 - theta;
            double end = theta * theta * (3.0 - (2.0 * theta));
            for (int i = 0; i < s; i++)
            {
                double weight = i < s - 1 ? tableau.A[^1][i] : 0.0;
                b[i] = (end * weight) + (theta * theta * rest * rest * tableau.D[i]);
            }

            b[0] += theta * rest * rest;
            b[s - 1] -= theta * theta * rest;
            Check(tableau, b, 4, theta);
        }
    }

    private static void Check(ButcherTableau tableau, double[] b, int order, double theta = 1.0)
    {
        double[] c = [.. tableau.C];
        double[] Apply(double[] v) =>
            [0.0, .. tableau.A.Select(row => row.Select((weight, j) => weight * v[j]).Sum())];
        double[] Times(double[] u, double[] v) => [.. u.Zip(v, (p, q) => p * q)];
        double Sum(double[] v) => b.Zip(v, (p, q) => p * q).Sum();
        double[] one = [.. Enumerable.Repeat(1.0, c.Length)];
        double[] c2 = Times(c, c), c3 = Times(c2, c), ac = Apply(c), ac2 = Apply(c2), aac = Apply(ac);
        (int Order, double[] Tree, double Expected)[] conditions =
        [
            (1, one, 1.0), (2, c, 1.0 / 2), (3, c2, 1.0 / 3), (3, ac, 1.0 / 6),
            (4, c3, 1.0 / 4), (4, Times(c, ac), 1.0 / 8), (4, ac2, 1.0 / 12), (4, aac, 1.0 / 24),
            (5, Times(c2, c2), 1.0 / 5), (5, Times(c2, ac), 1.0 / 10), (5, Times(ac, ac), 1.0 / 20), (5, Times(c, ac2), 1.0 / 15),
            (5, Apply(c3), 1.0 / 20), (5, Times(c, aac), 1.0 / 30), (5, Apply(Times(c, ac)), 1.0 / 40), (5, Apply(ac2), 1.0 / 60),
            (5, Apply(aac), 1.0 / 120),
        ];
        for (int i = 0; i < conditions.Length; i++)
        {
            (int of, double[] tree, double expected) = conditions[i];
            if (of <= order)
            {
                Assert.That(Sum(tree), Is.EqualTo(expected * Math.Pow(theta, of)).Within(2e-14), $"condition {i + 1}, order {of}, theta {theta}");
            }
        }
    }
}
