using System.Numerics;

namespace HybridControl.Tests.TestKit;

/// <summary>The textbook's Kalman filter in fixed point, with so many digits that no rounding matters.</summary>
public sealed class ExactKalman
{
    private const int Bits = 384; // after the point: 115 digits

    private readonly int _n;
    private BigInteger[,] _mean;
    private BigInteger[,] _p;

    /// <summary>Starts with mean zero and the covariance L L'.</summary>
    public ExactKalman(double[,] factor)
    {
        _n = factor.GetLength(0);
        _mean = new BigInteger[_n, 1];
        _p = Times(From(factor), From(factor), isTransposed: true);
    }

    /// <summary>The log-likelihood of the last measurement.</summary>
    public double LogLikelihood { get; private set; }

    /// <summary>x = F x, P = F P F' + G G'.</summary>
    public void Predict(double[,] f, double[,] g)
    {
        BigInteger[,] exact = From(f);
        _mean = Times(exact, _mean);
        _p = Sum(Times(Times(exact, _p), exact, isTransposed: true), Times(From(g), From(g), isTransposed: true), 1);
    }

    /// <summary>Updates with z = H x + A v.</summary>
    public void Update(double[,] h, double[,] a, double[] z)
    {
        int m = z.Length;
        BigInteger[,] seen = Times(From(h), _p);
        BigInteger[,] s = Sum(Times(seen, From(h), isTransposed: true), Times(From(a), From(a), isTransposed: true), 1);
        BigInteger[,] predicted = Times(From(h), _mean);
        BigInteger[,] right = new BigInteger[m, _n + 1];
        for (int i = 0; i < m; i++)
        {
            right[i, _n] = From(z[i]) - predicted[i, 0];
            for (int j = 0; j < _n; j++)
            {
                right[i, j] = seen[i, j];
            }
        }

        // With S = L D L': the rows of L^-1 [H P, nu].
        BigInteger[] pivots = Eliminate(s, right);
        double square = 0.0;
        double logPivots = 0.0;
        for (int i = 0; i < m; i++)
        {
            square += ToDouble(right[i, _n] * right[i, _n] / pivots[i]);
            logPivots += Math.Log(ToDouble(pivots[i]));
            for (int j = 0; j < _n; j++)
            {
                _mean[j, 0] += right[i, j] * right[i, _n] / pivots[i];
                for (int k = 0; k < _n; k++)
                {
                    _p[j, k] -= right[i, j] * right[i, k] / pivots[i];
                }
            }
        }

        LogLikelihood = -0.5 * (square + logPivots + (m * Math.Log(2.0 * Math.PI)));
    }

    /// <summary>The standard deviation of a row of H x.</summary>
    public double Deviation(double[,] h, int row)
    {
        BigInteger[,] s = Times(Times(From(h), _p), From(h), isTransposed: true);
        return Math.Sqrt(ToDouble(s[row, row]));
    }

    /// <summary>The mean of a row of H x.</summary>
    public double Predicted(double[,] h, int row) => ToDouble(Times(From(h), _mean)[row, 0]);

    /// <summary>The largest error of a covariance C C' relative to P, in any direction (an entry of P^-1/2 (C C' - P) P'^-1/2).</summary>
    public double ErrorOf(ReadOnlySpan<double> factor)
    {
        BigInteger[,] c = new BigInteger[_n, _n];
        for (int i = 0; i < factor.Length; i++)
        {
            c[i / _n, i % _n] = From(factor[i]);
        }

        BigInteger[,] error = Sum(Times(c, c, isTransposed: true), _p, -1);
        BigInteger[] pivots = Eliminate((BigInteger[,])_p.Clone(), error);
        BigInteger[,] turned = new BigInteger[_n, _n];
        for (int i = 0; i < _n; i++)
        {
            for (int j = 0; j < _n; j++)
            {
                turned[i, j] = error[j, i];
            }
        }

        Eliminate((BigInteger[,])_p.Clone(), turned);
        double largest = 0.0;
        for (int i = 0; i < _n; i++)
        {
            for (int j = 0; j < _n; j++)
            {
                largest = Math.Max(largest, Math.Abs(ToDouble(turned[i, j])) / Math.Sqrt(ToDouble(pivots[i])) / Math.Sqrt(ToDouble(pivots[j])));
            }
        }

        return largest;
    }

    // Turns the columns B into L^-1 B with A = L D L'; returns D.
    private static BigInteger[] Eliminate(BigInteger[,] a, BigInteger[,] b)
    {
        int n = a.GetLength(0);
        BigInteger[] pivots = new BigInteger[n];
        for (int k = 0; k < n; k++)
        {
            pivots[k] = a[k, k];
            for (int i = k + 1; i < n; i++)
            {
                BigInteger part = a[i, k];
                for (int j = k; j < n; j++)
                {
                    a[i, j] -= part * a[k, j] / pivots[k];
                }

                for (int j = 0; j < b.GetLength(1); j++)
                {
                    b[i, j] -= part * b[k, j] / pivots[k];
                }
            }
        }

        return pivots;
    }

    private static BigInteger[,] Times(BigInteger[,] a, BigInteger[,] b, bool isTransposed = false)
    {
        BigInteger[,] product = new BigInteger[a.GetLength(0), b.GetLength(isTransposed ? 0 : 1)];
        for (int i = 0; i < product.GetLength(0); i++)
        {
            for (int j = 0; j < product.GetLength(1); j++)
            {
                BigInteger sum = 0;
                for (int k = 0; k < a.GetLength(1); k++)
                {
                    sum += a[i, k] * (isTransposed ? b[j, k] : b[k, j]);
                }

                product[i, j] = sum >> Bits;
            }
        }

        return product;
    }

    private static BigInteger[,] Sum(BigInteger[,] a, BigInteger[,] b, int sign)
    {
        BigInteger[,] sum = new BigInteger[a.GetLength(0), a.GetLength(1)];
        for (int i = 0; i < a.GetLength(0); i++)
        {
            for (int j = 0; j < a.GetLength(1); j++)
            {
                sum[i, j] = a[i, j] + (sign * b[i, j]);
            }
        }

        return sum;
    }

    private static BigInteger[,] From(double[,] matrix)
    {
        BigInteger[,] exact = new BigInteger[matrix.GetLength(0), matrix.GetLength(1)];
        for (int i = 0; i < matrix.GetLength(0); i++)
        {
            for (int j = 0; j < matrix.GetLength(1); j++)
            {
                exact[i, j] = From(matrix[i, j]);
            }
        }

        return exact;
    }

    private static BigInteger From(double value)
    {
        if (value == 0.0)
        {
            return 0;
        }

        int exponent = Math.ILogB(value) - 52;
        BigInteger digits = new(Math.ScaleB(value, -exponent));
        return exponent + Bits >= 0 ? digits << (exponent + Bits) : digits >> -(exponent + Bits);
    }

    private static double ToDouble(BigInteger value)
    {
        int shift = (int)Math.Max(0, (long)BigInteger.Abs(value).GetBitLength() - 64);
        return Math.ScaleB((double)(value >> shift), shift - Bits);
    }
}
