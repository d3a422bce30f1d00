using System.Numerics;

namespace HybridControl.Solvers;

/// <summary>Computes the coefficients of a Radau IIA method in decimal arithmetic, 28 digits, so that they come out rounded correctly.</summary>
/// <remarks>
/// <para>The nodes are the zeros of M, the derivative of order s - 1 of t^(s-1) (t - 1)^s.</para>
/// <para>An eigenvector of A^-1 is a polynomial u of degree s with u(0) = 0 whose slope at the nodes is mu u, so that u' - mu u = -mu M, and
/// u is the sum of M^(j) / mu^j; u(0) = 0 is the equation for mu. Columns of T are u at the nodes, real and imaginary part apart, scaled as
/// Hairer and Wanner do: one at the end for pairs, of length one for the real eigenvalue.</para>
/// </remarks>
internal sealed class RadauConstruction
{
    private readonly decimal[] _monic; // coefficients of M
    private readonly decimal[] _nodes;

    public RadauConstruction(int stages)
    {
        Stages = stages;
        _monic = Monic(stages);
        _nodes = Zeros();
        Complex[] rough = Roots([.. Enumerable.Range(0, stages + 1).Select(k => (double)(Factorial(stages - k) * _monic[stages - k]))]);
        Transform = new decimal[stages, stages];
        var pairs = new List<(double Alpha, double Beta)>();
        int column = 1;
        foreach (Complex root in rough.Where(root => root.Imaginary > -1e-6).OrderBy(root => root.Imaginary))
        {
            DecimalComplex mu = Refine(root);
            if (Math.Abs(root.Imaginary) < 1e-6)
            {
                Gamma = (double)mu.Real;
                WriteReal(mu);
                continue;
            }

            pairs.Add(((double)mu.Real, (double)mu.Imaginary));
            WritePair(mu, column);
            column += 2;
        }

        Pairs = [.. pairs];
        Inverse = Invert(Transform);
        Powers = Invert(Vandermonde());
        Nodes = [.. _nodes.Select(node => (double)node)];
        Correction = [.. _monic.Select((c, k) => (double)(c / ((k + 1) * _monic[0])))];
        Scales = [.. _nodes.Select(node => (double)(1.0m / _nodes.Where(other => other != node).Aggregate(node, (product, other) => product * (node - other))))];
    }

    /// <summary>See <see cref="RadauScheme"/>, also for the others.</summary>
    public int Stages { get; }

    public double[] Nodes { get; }

    public double Gamma { get; }

    public (double Alpha, double Beta)[] Pairs { get; }

    public decimal[,] Transform { get; }

    public decimal[,] Inverse { get; }

    public decimal[,] Powers { get; }

    public double[] Correction { get; }

    public double[] Scales { get; }

    private static decimal Factorial(int k) => k <= 1 ? 1.0m : k * Factorial(k - 1);

    private static decimal[] Monic(int s)
    {
        decimal[] monic = new decimal[s + 1];
        for (int k = 0; k <= s; k++)
        {
            decimal choose = Factorial(s) / (Factorial(k) * Factorial(s - k));
            monic[k] = ((s - k) % 2 == 0 ? 1 : -1) * choose * Factorial(k + s - 1) / Factorial(k) * Factorial(s) / Factorial((2 * s) - 1);
        }

        return monic;
    }

    // All zeros of a polynomial at once, after K. Weierstrass; the highest coefficient comes last.
    private static Complex[] Roots(double[] coefficients)
    {
        int degree = coefficients.Length - 1;
        double lead = coefficients[degree];
        double radius = Math.Pow(Math.Abs(coefficients[0] / lead), 1.0 / degree);
        Complex[] roots = [.. Enumerable.Range(0, degree).Select(k => Complex.FromPolarCoordinates(radius, 0.4 + (2.0 * Math.PI * k / degree)))];
        for (int round = 0; round < 200; round++)
        {
            for (int i = 0; i < degree; i++)
            {
                Complex value = coefficients.Reverse().Aggregate(Complex.Zero, (sum, c) => (sum * roots[i]) + c) / lead;
                roots[i] -= value / roots.Where((_, j) => j != i).Aggregate(Complex.One, (product, other) => product * (roots[i] - other));
            }
        }

        return roots;
    }

    private decimal[] Zeros()
    {
        double[] coefficients = [.. _monic.Select(c => (double)c)];
        decimal[] zeros = [.. Roots(coefficients).Select(root => root.Real).Order().Select(root => (decimal)root)];
        for (int i = 0; i < zeros.Length - 1; i++)
        {
            for (int round = 0; round < 3; round++)
            {
                zeros[i] -= Derivative(0, zeros[i]) / Derivative(1, zeros[i]);
            }
        }

        zeros[^1] = 1.0m;
        return zeros;
    }

    // The derivative of M of some order.
    private decimal Derivative(int order, decimal t)
    {
        decimal sum = 0.0m;
        for (int k = Stages; k >= order; k--)
        {
            sum = (sum * t) + (_monic[k] * Factorial(k) / Factorial(k - order));
        }

        return sum;
    }

    // The sum of M^(j) / mu^j at a point, times mu^s.
    private DecimalComplex Eigenfunction(DecimalComplex mu, decimal t)
    {
        var sum = new DecimalComplex(0.0m, 0.0m);
        for (int j = 0; j <= Stages; j++)
        {
            sum = (sum * mu) + new DecimalComplex(Derivative(j, t), 0.0m);
        }

        return sum;
    }

    private DecimalComplex Refine(Complex root)
    {
        var mu = new DecimalComplex((decimal)root.Real, (decimal)root.Imaginary);
        for (int round = 0; round < 3; round++)
        {
            var slope = new DecimalComplex(0.0m, 0.0m);
            var value = new DecimalComplex(0.0m, 0.0m);
            for (int j = 0; j <= Stages; j++)
            {
                slope = (slope * mu) + value;
                value = (value * mu) + new DecimalComplex(Derivative(j, 0.0m), 0.0m);
            }

            mu -= value / slope;
        }

        return mu;
    }

    private void WriteReal(DecimalComplex mu)
    {
        decimal[] values = [.. _nodes.Select(node => Eigenfunction(mu, node).Real)];
        double length = Math.Sqrt(values.Sum(value => (double)value * (double)value));
        decimal scale = (values[^1] < 0.0m ? -1 : 1) / (decimal)length;
        for (int i = 0; i < Stages; i++)
        {
            Transform[i, 0] = scale * values[i];
        }
    }

    private void WritePair(DecimalComplex mu, int column)
    {
        DecimalComplex end = Eigenfunction(mu, 1.0m);
        for (int i = 0; i < Stages; i++)
        {
            DecimalComplex value = Eigenfunction(mu, _nodes[i]) / end;
            (Transform[i, column], Transform[i, column + 1]) = (value.Real, -value.Imaginary);
        }
    }

    private decimal[,] Vandermonde()
    {
        decimal[,] matrix = new decimal[Stages, Stages];
        for (int j = 0; j < Stages; j++)
        {
            decimal power = 1.0m;
            for (int k = 0; k < Stages; k++)
            {
                power *= _nodes[j];
                matrix[j, k] = power;
            }
        }

        return matrix;
    }

    private static decimal[,] Invert(decimal[,] matrix)
    {
        int n = matrix.GetLength(0);
        decimal[,] left = (decimal[,])matrix.Clone();
        decimal[,] right = new decimal[n, n];
        for (int i = 0; i < n; i++)
        {
            right[i, i] = 1.0m;
        }

        for (int p = 0; p < n; p++)
        {
            int row = Enumerable.Range(p, n - p).MaxBy(i => Math.Abs(left[i, p]));
            decimal pivot = left[row, p];
            for (int k = 0; k < n; k++)
            {
                (left[p, k], left[row, k]) = (left[row, k], left[p, k]);
                (right[p, k], right[row, k]) = (right[row, k], right[p, k]);
                left[p, k] /= pivot;
                right[p, k] /= pivot;
            }

            for (int i = 0; i < n; i++)
            {
                decimal factor = i == p ? 0.0m : left[i, p];
                for (int k = 0; k < n; k++)
                {
                    left[i, k] -= factor * left[p, k];
                    right[i, k] -= factor * right[p, k];
                }
            }
        }

        return right;
    }

    private readonly record struct DecimalComplex(decimal Real, decimal Imaginary)
    {
        public static DecimalComplex operator +(DecimalComplex a, DecimalComplex b) => new(a.Real + b.Real, a.Imaginary + b.Imaginary);

        public static DecimalComplex operator -(DecimalComplex a, DecimalComplex b) => new(a.Real - b.Real, a.Imaginary - b.Imaginary);

        public static DecimalComplex operator *(DecimalComplex a, DecimalComplex b) =>
            new((a.Real * b.Real) - (a.Imaginary * b.Imaginary), (a.Real * b.Imaginary) + (a.Imaginary * b.Real));

        public static DecimalComplex operator /(DecimalComplex a, DecimalComplex b)
        {
            decimal square = (b.Real * b.Real) + (b.Imaginary * b.Imaginary);
            DecimalComplex product = a * new DecimalComplex(b.Real, -b.Imaginary);
            return new(product.Real / square, product.Imaginary / square);
        }
    }
}
