namespace HybridControl.Solvers;

/// <summary>Coefficients of a Radau IIA method and the transformation T that takes its Newton systems apart.</summary>
/// <remarks>
/// T^-1 A^-1 T is the block diagonal of <see cref="Gamma"/> and of one two by two block for each of <see cref="Pairs"/>: alpha on its
/// diagonal, -beta right above and beta left below; tests check it against A. Matrices stand column by column, <see cref="Stride"/>
/// numbers each, zeros below the rows that there are: a kernel takes a column as one pack.
/// E. Hairer and G. Wanner, J. Comput. Appl. Math. 111 (1999), 93-111, for stages beyond three.
/// </remarks>
internal sealed class RadauScheme
{
    /// <summary>Stages of the longest scheme.</summary>
    public const int MostStages = 7;

    /// <summary>Numbers of a column.</summary>
    public const int Stride = 8;

    private static readonly Lazy<RadauScheme>[] Schemes = [Make(3), Make(5), Make(7)];

    private RadauScheme(RadauConstruction made)
    {
        Stages = made.Stages;
        Nodes = new double[Stride];
        made.Nodes.CopyTo(Nodes, 0);
        Gamma = made.Gamma;
        Pairs = made.Pairs;
        Transform = Columns(made.Transform);
        Inverse = Columns(made.Inverse);
        Powers = Columns(made.Powers);
        Correction = made.Correction;
        Scales = made.Scales;
        Farthest = Stages switch
        {
            3 => 0.861,
            5 => 0.734,
            _ => 0.670,
        };
        FarthestStates = Weights(k => Math.Pow(Farthest, k));
        FarthestStart = 1.0 - FarthestStates[..Stages].Sum();
        FarthestSlopes = Weights(k => k * Math.Pow(Farthest, k - 1));
        Ahead = [.. made.Nodes.Select(node => 1.0 - node)];
        Exponent = (Stages + 1.0) / (2.0 * Stages);
        MostIterations = 7 + (5 * (Stages - 3) / 2);
    }

    /// <summary>Stages s: 3, 5 or 7, for the orders 2 s - 1.</summary>
    public int Stages { get; }

    /// <summary>Nodes c; the last of the stages is one, zeros fill the stride.</summary>
    public double[] Nodes { get; }

    /// <summary>The real eigenvalue of A^-1.</summary>
    public double Gamma { get; }

    /// <summary>The other eigenvalues, alpha + i beta.</summary>
    public (double Alpha, double Beta)[] Pairs { get; }

    /// <summary>T.</summary>
    public double[] Transform { get; }

    /// <summary>T^-1.</summary>
    public double[] Inverse { get; }

    /// <summary>From the stages less the start to the coefficients of theta, theta^2, ... of the collocation polynomial.</summary>
    public double[] Powers { get; }

    /// <summary>Coefficients of theta, theta^2, ... of the polynomial whose derivative is one at the start and zero at the nodes.</summary>
    /// <remarks>It vanishes at the end too, because the nodes are those of a quadrature of degree 2 s - 2.</remarks>
    public double[] Correction { get; }

    /// <summary>Leading coefficients of Lagrange's polynomials on zero and the nodes, of the nodes in turn.</summary>
    public double[] Scales { get; }

    /// <summary>Distances of the nodes from the end.</summary>
    public double[] Ahead { get; }

    /// <summary>Where in a step the polynomial that is zero at the start and at the nodes is largest.</summary>
    public double Farthest { get; }

    /// <summary>Weights of the stages less the start in the collocation polynomial there, and last that of <see cref="Correction"/>.</summary>
    public double[] FarthestStates { get; }

    /// <summary>The same for h times its slope.</summary>
    public double[] FarthestSlopes { get; }

    /// <summary>Weight of the start in the collocation polynomial there.</summary>
    public double FarthestStart { get; }

    /// <summary>Order of the estimate over that of the method: how tolerances are turned.</summary>
    public double Exponent { get; }

    /// <summary>Rounds of Newton's iteration that are allowed.</summary>
    public int MostIterations { get; }

    /// <summary>The scheme of so many stages.</summary>
    public static RadauScheme Of(int stages) => Schemes[(stages - 3) / 2].Value;

    private static Lazy<RadauScheme> Make(int stages) => new(() => new RadauScheme(new RadauConstruction(stages)));

    // Of each stage, and of the correction, for what the powers of theta from the first on are worth.
    private double[] Weights(Func<int, double> power) =>
    [
        .. Enumerable.Range(0, Stages).Select(j => Enumerable.Range(0, Stages).Sum(k => Powers[(j * Stride) + k] * power(k + 1))),
        Correction.Select((c, k) => c * power(k + 1)).Sum(),
    ];

    private double[] Columns(decimal[,] matrix)
    {
        double[] columns = new double[Stages * Stride];
        for (int j = 0; j < Stages; j++)
        {
            for (int k = 0; k < Stages; k++)
            {
                columns[(k * Stride) + j] = (double)matrix[j, k];
            }
        }

        return columns;
    }
}
