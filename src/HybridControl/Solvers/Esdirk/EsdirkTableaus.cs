namespace HybridControl.Solvers;

/// <summary>Coefficients of the diagonally implicit Runge-Kutta methods.</summary>
public static class EsdirkTableaus
{
    private const double Root = 1.4142135623730951;

    /// <summary>Kennedy and Carpenter's ESDIRK4(3)6L[2]SA of order 4 with an embedded solution of order 3; both are L-stable.</summary>
    /// <remarks>
    /// C. A. Kennedy and M. H. Carpenter, Diagonally Implicit Runge-Kutta Methods for Ordinary Differential Equations: A
    /// Review, NASA/TM-2016-219173 (2016); the numbers are those of extensisq. Our own dense output of order 4: the weights d
    /// are the shortest vector that satisfies the order conditions. A derivative is guessed on a line through two before it.
    /// </remarks>
    public static EsdirkTableau KennedyCarpenter4 { get; } = new(
        4,
        0.25,
        [
            [1.0 / 4],
            [(1.0 - Root) / 8, (1.0 - Root) / 8],
            [(5.0 - (7.0 * Root)) / 64, (5.0 - (7.0 * Root)) / 64, 7.0 * (1.0 + Root) / 32],
            [
                (-13796.0 - (54539.0 * Root)) / 125000, (-13796.0 - (54539.0 * Root)) / 125000,
                (506605.0 + (132109.0 * Root)) / 437500, 166.0 * (-97.0 + (376.0 * Root)) / 109375,
            ],
            [
                (1181.0 - (987.0 * Root)) / 13782, (1181.0 - (987.0 * Root)) / 13782, 47.0 * (-267.0 + (1783.0 * Root)) / 273343,
                -16.0 * (-22922.0 + (3525.0 * Root)) / 571953, -15625.0 * (97.0 + (376.0 * Root)) / 90749876,
            ],
        ],
        [
            0.08092570713246383693, 0.08092570713246383693, -0.13516228008303090893, -0.018795245050025329255,
            -0.025696966006312281908, 0.017803076874440846229,
        ],
        [
            -1.9752160505861701585, 1.8839806454522690257, 2.6584418119932741661, -3.0973928249188332356,
            1.8593496279296872017, -1.3291632098702269994,
        ],
        [
            [1.0],
            [1.0 - (2.0 * (2.0 - Root) / 4), 2.0 * (2.0 - Root) / 4],
            [-0.25, 1.25, 0.0],
            [-0.664, 0.0, 0.0, 1.664],
            [0.0, 0.0, 0.0, 8.0 / 83, 75.0 / 83],
        ]);
}
