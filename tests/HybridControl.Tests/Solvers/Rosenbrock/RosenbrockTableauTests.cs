using HybridControl.Solvers;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Solvers.Rosenbrock;

/// <summary>Coefficients of Rosenbrock methods against their order conditions.</summary>
/// <remarks>The stages here are U = Gamma k: the coefficients of the textbook follow by solving with Gamma^-1 = I / gamma - C.</remarks>
public class RosenbrockTableauTests
{
    private static readonly RosenbrockTableau Tableau = RosenbrockTableaus.Rodas5P;

    // Row v of numbers that multiply U as numbers that multiply k: v Gamma.
    private static double[] TimesGamma(double[] row)
    {
        // v Gamma = w means w Gamma^-1 = v, a triangular system from the last column.
        int s = Tableau.Stages;
        double[] w = new double[s];
        for (int j = s - 1; j >= 0; j--)
        {
            double rest = row[j];
            for (int i = j + 1; i < s; i++)
            {
                rest += w[i] * Tableau.C[i][j];
            }

            w[j] = rest * Tableau.Gamma;
        }

        return w;
    }

    private static double[] Padded(IEnumerable<double> row) => [.. row.Concat(Enumerable.Repeat(0.0, Tableau.Stages)).Take(Tableau.Stages)];

    private static double[] Unit(int i) => [.. Enumerable.Range(0, Tableau.Stages).Select(j => i == j ? 1.0 : 0.0)];

    private static double[][] Alpha => [.. Tableau.A.Select(row => TimesGamma(Padded(row)))];

    private static double[][] Gamma => [.. Enumerable.Range(0, Tableau.Stages).Select(i => TimesGamma(Unit(i)))];

    private static double[][] Beta => [.. Alpha.Zip(Gamma, (a, g) => a.Zip(g, (p, q) => p + q).ToArray())];

    private static double[] Weights(double last) => TimesGamma([.. Tableau.A[^1], last]);

    [Test]
    public void Nodes_and_weights_of_the_time_derivative_are_row_sums()
    {
        Assert.That(Alpha.Select(row => row.Sum()), Is.EqualTo(Tableau.Nodes).Within(2e-14));
        Assert.That(Gamma.Select(row => row.Sum()), Is.EqualTo(Tableau.Slopes).Within(1e-13));
    }

    [Test]
    public void Both_solutions_satisfy_the_conditions_of_their_orders()
    {
        Assert.That(OrderConditions.Residual(Weights(1.0), Alpha, Beta, 5), Is.LessThan(2e-13));
        Assert.That(OrderConditions.Residual(Weights(0.0), Alpha, Beta, 4), Is.LessThan(2e-13));
        Assert.That(OrderConditions.Residual(Weights(0.0), Alpha, Beta, 5), Is.GreaterThan(1e-4));
    }

    [Test]
    public void Both_solutions_are_stiffly_accurate()
    {
        // The argument of the stage that estimates the error is the solution of one order less.
        Assert.That(Beta[^1], Is.EqualTo(Weights(1.0)).Within(1e-13));
        Assert.That(Beta[^2], Is.EqualTo(Weights(0.0)).Within(1e-13));
    }

    [Test]
    public void Dense_output_is_of_order_four_at_every_point()
    {
        for (double theta = 0.1; theta < 1.0; theta += 0.2)
        {
            double rest = 1.0 - theta;
            double[] end = [.. Tableau.A[^1], 1.0];
            double[] row = [.. end.Select((weight, j) =>
                theta * (weight + (rest * (Tableau.H[0][j] + (theta * (Tableau.H[1][j] + (theta * Tableau.H[2][j])))))))];
            Assert.That(OrderConditions.Residual(TimesGamma(row), Alpha, Beta, 4, theta), Is.LessThan(2e-13), $"theta {theta}");
        }
    }

    [Test]
    public void The_method_is_L_stable()
    {
        // R(z) = 1 + z b (I - z B)^-1 1 along the imaginary axis and at infinity, B = beta, lower triangular.
        System.Numerics.Complex R(System.Numerics.Complex z, double[] b)
        {
            var k = new System.Numerics.Complex[Tableau.Stages];
            System.Numerics.Complex sum = 1.0;
            for (int i = 0; i < k.Length; i++)
            {
                System.Numerics.Complex right = 1.0;
                for (int j = 0; j < i; j++)
                {
                    right += z * Beta[i][j] * k[j];
                }

                k[i] = right / (1.0 - (z * Tableau.Gamma));
                sum += z * b[i] * k[i];
            }

            return sum;
        }

        for (double y = 0.01; y < 1e4; y *= 1.05)
        {
            Assert.That(R(new(0.0, y), Weights(1.0)).Magnitude, Is.LessThan(1.0 + 1e-12), $"y {y}");
        }

        Assert.That(R(-1e9, Weights(1.0)).Magnitude, Is.LessThan(1e-7));
        Assert.That(R(-1e9, Weights(0.0)).Magnitude, Is.LessThan(1e-7));
    }
}
