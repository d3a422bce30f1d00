namespace HybridControl.Solvers;

/// <summary>Coefficients of the explicit Runge-Kutta methods.</summary>
public static partial class Tableaus
{
    /// <summary>Euler's method.</summary>
    public static ButcherTableau Euler { get; } = new(1, [[1.0]], [], []);

    /// <summary>The classical method of order 4, with the slope at the end of the step for dense output.</summary>
    /// <remarks>W. Kutta, Z. Math. Phys. 46 (1901), 435-453.</remarks>
    public static ButcherTableau RungeKutta4 { get; } = new(
        4,
        [
            [1.0 / 2],
            [0, 1.0 / 2],
            [0, 0, 1],
            [1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6],
        ],
        [],
        []);

    /// <summary>Bogacki and Shampine's pair of orders 3 and 2; dense output is the cubic Hermite polynomial.</summary>
    /// <remarks>P. Bogacki and L. F. Shampine, Appl. Math. Lett. 2 (1989), 321-325.</remarks>
    public static ButcherTableau BogackiShampine3 { get; } = new(
        3,
        [
            [1.0 / 2],
            [0, 3.0 / 4],
            [2.0 / 9, 1.0 / 3, 4.0 / 9],
        ],
        [-5.0 / 72, 1.0 / 12, 1.0 / 9, -1.0 / 8],
        []);

    /// <summary>Dormand and Prince's pair of orders 5 and 4.</summary>
    /// <remarks>
    /// J. R. Dormand and P. J. Prince, J. Comput. Appl. Math. 6 (1980), 19-26; dense output after Hairer, Norsett and
    /// Wanner, Solving Ordinary Differential Equations I, second edition, section II.6.
    /// </remarks>
    public static ButcherTableau DormandPrince5 { get; } = new(
        5,
        [
            [1.0 / 5],
            [3.0 / 40, 9.0 / 40],
            [44.0 / 45, -56.0 / 15, 32.0 / 9],
            [19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729],
            [9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656],
            [35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84],
        ],
        [71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40],
        [
            [
                -12715105075.0 / 11282082432, 0, 87487479700.0 / 32700410799, -10690763975.0 / 1880347072,
                701980252875.0 / 199316789632, -1453857185.0 / 822651844, 69997945.0 / 29380423,
            ],
        ]);

    /// <summary>Tsitouras' pair of orders 5 and 4, with his interpolant of order 4.</summary>
    /// <remarks>
    /// Ch. Tsitouras, Comput. Math. Appl. 62 (2011), 770-775. The interpolant is the cubic Hermite polynomial plus a
    /// quartic term; its weights are the coefficients of theta^4 in the paper's b_i(theta).
    /// </remarks>
    public static ButcherTableau Tsitouras5 { get; } = new(
        5,
        [
            [0.161],
            [-0.008480655492356989, 0.335480655492357],
            [2.8971530571054935, -6.359448489975075, 4.3622954328695815],
            [5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525],
            [5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401, -0.028269050394068383],
            [0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081, 2.324710524099774],
        ],
        [
            -0.00178001105222577714, -0.0008164344596567469, 0.007880878010261995, -0.1447110071732629,
            0.5823571654525552, -0.45808210592918697, 1.0 / 66,
        ],
        [
            [
                -1.0530884977290216, 0.1017, 2.490627285651253, -16.548102889244902, 47.37952196281928,
                -34.87065786149661, 2.5,
            ],
        ]);
}
