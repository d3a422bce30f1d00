using HybridControl.Solvers;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Solvers.Esdirk;

/// <summary>Coefficients of diagonally implicit methods against their order conditions.</summary>
public class EsdirkTableauTests
{
    private static readonly EsdirkTableau Tableau = EsdirkTableaus.KennedyCarpenter4;

    private static double[][] A =>
        [.. Tableau.A.Select((row, i) => (double[])[.. row, i == 0 ? 0.0 : Tableau.Gamma, .. Enumerable.Repeat(0.0, Tableau.Stages - 1 - i)])];

    [Test]
    public void Both_solutions_satisfy_the_conditions_of_their_orders()
    {
        double[] b = A[^1];
        double[] embedded = [.. b.Zip(Tableau.E, (weight, error) => weight - error)];
        Assert.That(OrderConditions.Residual(b, A, A, 4), Is.LessThan(1e-14));
        Assert.That(OrderConditions.Residual(embedded, A, A, 3), Is.LessThan(1e-14));
        Assert.That(OrderConditions.Residual(embedded, A, A, 4), Is.GreaterThan(1e-3));
    }

    [Test]
    public void Every_stage_is_of_order_two()
    {
        double[] c = [.. Tableau.C];
        foreach ((double[] row, double node) in A.Zip(c))
        {
            Assert.That(row.Zip(c, (a, x) => a * x).Sum(), Is.EqualTo(0.5 * node * node).Within(1e-14));
        }

        Assert.That(c[^1], Is.EqualTo(1.0).Within(1e-14), "stiffly accurate");
    }

    [Test]
    public void A_guess_is_exact_for_a_derivative_on_a_line()
    {
        for (int s = 1; s < Tableau.Stages; s++)
        {
            Assert.That(Tableau.Guesses[s].Sum(), Is.EqualTo(1.0).Within(1e-14));
            double node = Tableau.Guesses[s].Zip(Tableau.C, (weight, x) => weight * x).Sum();
            Assert.That(node, Is.EqualTo(s == 1 ? 0.0 : Tableau.C[s]).Within(1e-14), $"stage {s}");
        }
    }

    [Test]
    public void Dense_output_is_of_order_four_at_every_point()
    {
        for (double theta = 0.1; theta < 1.0; theta += 0.2)
        {
            double rest = 1.0 - theta;
            double end = theta * theta * (3.0 - (2.0 * theta));
            double[] b = [.. A[^1].Select((weight, i) => (end * weight) + (theta * theta * rest * rest * Tableau.D[i]))];
            b[0] += theta * rest * rest;
            b[^1] -= theta * theta * rest;
            Assert.That(OrderConditions.Residual(b, A, A, 4, theta), Is.LessThan(1e-14), $"theta {theta}");
        }
    }
}
