namespace HybridControl.Solvers;

/// <summary>Coefficients of the three-stage Radau IIA method and the transformation T that takes its Newton systems apart.</summary>
/// <remarks>
/// T^-1 A^-1 T is the block diagonal of <see cref="Gamma"/> and of the matrix with <see cref="Alpha"/> on its diagonal,
/// -<see cref="Beta"/> right above and <see cref="Beta"/> left below; tests check it against A.
/// E. Hairer and G. Wanner, Solving Ordinary Differential Equations II (1996), section IV.8.
/// </remarks>
internal static class RadauTransformation
{
    /// <summary>Node of the first stage, (4 - sqrt 6) / 10.</summary>
    public const double C1 = 0.15505102572168219018;

    /// <summary>Node of the second stage, (4 + sqrt 6) / 10.</summary>
    public const double C2 = 0.64494897427831780982;

    /// <summary>The real eigenvalue of A^-1.</summary>
    public const double Gamma = 3.6378342527444957322;

    /// <summary>Real part of the other eigenvalues.</summary>
    public const double Alpha = 2.6810828736277521339;

    /// <summary>Imaginary part of the other eigenvalues.</summary>
    public const double Beta = 3.0504301992474105694;

    /// <summary>T, first row.</summary>
    public const double T11 = 9.1232394870892942792e-02, T12 = -0.14125529502095420843, T13 = -3.0029194105147424492e-02;

    /// <summary>T, second row.</summary>
    public const double T21 = 0.24171793270710701896, T22 = 0.20412935229379993199, T23 = 0.38294211275726193779;

    /// <summary>T, third row: its other entries are one and zero.</summary>
    public const double T31 = 0.96604818261509293619;

    /// <summary>T^-1, first row.</summary>
    public const double I11 = 4.3255798900631553510, I12 = 0.33919925181580986954, I13 = 0.54177053993587487119;

    /// <summary>T^-1, second row.</summary>
    public const double I21 = -4.1787185915519047273, I22 = -0.32768282076106238708, I23 = 0.47662355450055045196;

    /// <summary>T^-1, third row.</summary>
    public const double I31 = -0.50287263494578687595, I32 = 2.5719269498556054292, I33 = -0.59603920482822492497;

    /// <summary>Weights of the stages in the error estimate.</summary>
    public const double E1 = -10.048809399827415576, E2 = 1.3821427331607488745, E3 = -1.0 / 3.0;

    // The polynomial through 0, z1, z2, z3 at 0, C1, C2, 1, in Newton's form around its end.
    private const double BackTo2 = C2 - 1.0;
    private const double BackTo1 = C1 - 1.0;

    /// <summary>Coefficients of Newton's form a + s (p + (s - c2 + 1)(q + (s - c1 + 1) r)) around the end, s = theta - 1.</summary>
    public static (double P, double Q, double R) Newton(double z1, double z2, double z3)
    {
        double p = (z2 - z3) / BackTo2;
        double middle = (z1 - z2) / (C1 - C2);
        double q = (middle - p) / BackTo1;
        return (p, q, q - ((middle - (z1 / C1)) / C2));
    }

    /// <summary>Coefficients of theta, theta^2 and theta^3 of the polynomial through 0, z1, z2, z3.</summary>
    public static (double First, double Second, double Third) Powers(double z1, double z2, double z3)
    {
        // Divided differences at 0, C1, C2, 1.
        double d1 = z1 / C1;
        double d12 = (z2 - z1) / (C2 - C1);
        double d23 = (z3 - z2) / (1.0 - C2);
        double second = (d12 - d1) / C2;
        double third = ((d23 - d12) / (1.0 - C1)) - second;
        return (d1 - (C1 * second) + (C1 * C2 * third), second - ((C1 + C2) * third), third);
    }
}
