namespace HybridControl.Tests.TestKit;

/// <summary>The order conditions up to order 5 of Runge-Kutta and Rosenbrock methods.</summary>
/// <remarks>
/// E. Hairer and G. Wanner, Solving Ordinary Differential Equations II, table IV.7.1: an edge from a node with several branches
/// is alpha, from a node with one it is beta = alpha + gamma. A Runge-Kutta method has one matrix for both.
/// </remarks>
internal static class OrderConditions
{
    /// <summary>The largest residual of the conditions up to an order for weights of x(theta).</summary>
    public static double Residual(double[] b, double[][] alpha, double[][] beta, int order, double theta = 1.0)
    {
        double[] Apply(double[][] matrix, double[] v) => [.. matrix.Select(row => row.Zip(v, (p, q) => p * q).Sum())];
        double[] Times(params double[][] factors) => factors.Aggregate((u, v) => [.. u.Zip(v, (p, q) => p * q)]);
        double[] one = [.. Enumerable.Repeat(1.0, b.Length)];
        double[] a = Apply(alpha, one), c = Apply(beta, one);
        double[] bc = Apply(beta, c), ba2 = Apply(beta, Times(a, a)), ac = Apply(alpha, c), aa2 = Apply(alpha, Times(a, a));
        (int Order, double[] Tree, double Expected)[] conditions =
        [
            (1, one, 1.0), (2, c, 1.0 / 2), (3, Times(a, a), 1.0 / 3), (3, bc, 1.0 / 6),
            (4, Times(a, a, a), 1.0 / 4), (4, Times(a, ac), 1.0 / 8), (4, ba2, 1.0 / 12), (4, Apply(beta, bc), 1.0 / 24),
            (5, Times(a, a, a, a), 1.0 / 5), (5, Times(a, a, ac), 1.0 / 10), (5, Times(ac, ac), 1.0 / 20), (5, Times(a, aa2), 1.0 / 15),
            (5, Apply(beta, Times(a, a, a)), 1.0 / 20), (5, Times(a, Apply(alpha, bc)), 1.0 / 30), (5, Apply(beta, Times(a, ac)), 1.0 / 40),
            (5, Apply(beta, ba2), 1.0 / 60), (5, Apply(beta, Apply(beta, bc)), 1.0 / 120),
        ];
        return conditions.Where(condition => condition.Order <= order).Max(condition =>
            Math.Abs(b.Zip(condition.Tree, (p, q) => p * q).Sum() - (condition.Expected * Math.Pow(theta, condition.Order))));
    }
}
