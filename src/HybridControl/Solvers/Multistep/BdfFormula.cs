namespace HybridControl.Solvers;

/// <summary>Coefficients of the numerical differentiation formulas of orders 1 to 5.</summary>
/// <remarks>
/// Order k: (1 - kappa) gamma_k (x - p) + sum of gamma_j D_j = h x', with p the sum of D_0 to D_k, gamma_j = 1 + 1/2 + ... + 1/j. The error of a
/// step is (kappa gamma_k + 1 / (k + 1)) times the difference of order k + 1, which x - p is. With kappa = 0 these are the backward differentiation formulas;
/// kappa takes error off at the price of some angle of stability. Source: L. F. Shampine and M. W. Reichelt,
/// The MATLAB ODE suite, SIAM J. Sci. Comput. 18 (1997), 1-22, table 1.
/// </remarks>
internal static class BdfFormula
{
    /// <summary>The highest order.</summary>
    public const int HighestOrder = 5;

    private static readonly double[] Kappa = [0.0, -37.0 / 200.0, -1.0 / 9.0, -0.0823, -0.0415, 0.0];
    private static readonly double[] Gamma = [0.0, 1.0, 3.0 / 2.0, 11.0 / 6.0, 25.0 / 12.0, 137.0 / 60.0];

    /// <summary>gamma_0 to gamma_5.</summary>
    public static ReadOnlySpan<double> Gammas => Gamma;

    /// <summary>(1 - kappa) gamma_k: h times the factor of the mass matrix in Newton's matrix.</summary>
    public static double Lead(int order) => (1.0 - Kappa[order]) * Gamma[order];

    /// <summary>Factor of the difference of order k + 1 in the error of a step.</summary>
    public static double ErrorOf(int order) => (Kappa[order] * Gamma[order]) + (1.0 / (order + 1));

    /// <summary>Sum of the squares of the weights of values in their difference of some order.</summary>
    public static double SquaresOf(int order)
    {
        double sum = 1.0;
        for (int j = 1; j <= order; j++)
        {
            sum *= (double)(order + j) / j;
        }

        return sum;
    }
}
