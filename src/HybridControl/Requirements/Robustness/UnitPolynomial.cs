using System.Runtime.CompilerServices;

namespace HybridControl.Requirements.Robustness;

/// <summary>Where a polynomial of degree four at most changes its sign inside the unit interval.</summary>
/// <remarks>
/// One sign of all Bernstein coefficients proves that there is none. Otherwise the roots of the derivative part the interval
/// into monotone pieces, each with one bracketed root at most. Touches without a change of sign are no roots.
/// </remarks>
internal static class UnitPolynomial
{
    /// <summary>Coefficients of a quartic.</summary>
    public const int Width = 5;

    private const int Refinements = 100;

    /// <summary>Value at x.</summary>
    public static double At(ReadOnlySpan<double> c, double x)
    {
        double value = c[^1];
        for (int k = c.Length - 2; k >= 0; k--)
        {
            value = (value * x) + c[k];
        }

        return value;
    }

    /// <summary>Rewrites a polynomial in theta as one in s on [0, 1], theta = from + s (to - from).</summary>
    public static void Rebase(Span<double> c, double from, double to)
    {
        for (int k = 0; k < c.Length - 1; k++)
        {
            for (int m = c.Length - 2; m >= k; m--)
            {
                c[m] += from * c[m + 1];
            }
        }

        double scale = 1.0;
        for (int k = 1; k < c.Length; k++)
        {
            scale *= to - from;
            c[k] *= scale;
        }
    }

    /// <summary>Writes the roots in (0, 1), ascending, and returns their number.</summary>
    public static int Roots(ReadOnlySpan<double> c, Span<double> roots)
    {
        int n = c.Length - 1;
        while (n > 0 && c[n] == 0.0)
        {
            n--;
        }

        if (n == 0 || KeepsSign(c[..(n + 1)]))
        {
            return 0;
        }

        if (n == 1)
        {
            double root = -c[0] / c[1];
            roots[0] = root;
            return root > 0.0 && root < 1.0 ? 1 : 0;
        }

        Span<double> slope = stackalloc double[Width];
        slope = slope[..n];
        for (int k = 1; k <= n; k++)
        {
            slope[k - 1] = k * c[k];
        }

        Span<double> parts = stackalloc double[Width];
        int count = Roots(slope, parts);
        parts[count++] = 1.0;
        int found = 0;
        double left = 0.0;
        double before = c[0];
        for (int i = 0; i < count; i++)
        {
            double value = At(c[..(n + 1)], parts[i]);
            if (value != 0.0)
            {
                if ((before < 0.0 && value > 0.0) || (before > 0.0 && value < 0.0))
                {
                    double root = Refine(c[..(n + 1)], slope, left, parts[i], before);
                    if (root > 0.0 && root < 1.0)
                    {
                        roots[found++] = root;
                    }
                }

                (left, before) = (parts[i], value);
            }
        }

        return found;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool KeepsSign(ReadOnlySpan<double> c)
    {
        double c1 = c[1];
        double b1, b2, b3, b4;
        switch (c.Length)
        {
            case 2:
                b1 = b2 = b3 = b4 = c[0] + c1;
                break;
            case 3:
                b1 = c[0] + (c1 / 2.0);
                b2 = b3 = b4 = c[0] + c1 + c[2];
                break;
            case 4:
                b1 = c[0] + (c1 / 3.0);
                b2 = c[0] + (c1 * (2.0 / 3.0)) + (c[2] / 3.0);
                b3 = b4 = c[0] + c1 + c[2] + c[3];
                break;
            default:
                b1 = c[0] + (c1 / 4.0);
                b2 = c[0] + (c1 / 2.0) + (c[2] / 6.0);
                b3 = c[0] + (c1 * 0.75) + (c[2] / 2.0) + (c[3] / 4.0);
                b4 = c[0] + c1 + c[2] + c[3] + c[4];
                break;
        }

        return (c[0] > 0.0 && b1 > 0.0 && b2 > 0.0 && b3 > 0.0 && b4 > 0.0) ||
            (c[0] < 0.0 && b1 < 0.0 && b2 < 0.0 && b3 < 0.0 && b4 < 0.0);
    }

    // Newton's steps, replaced by halving where they leave the bracket or shrink it slowly.
    private static double Refine(ReadOnlySpan<double> c, ReadOnlySpan<double> slope, double left, double right, double atLeft)
    {
        double x = 0.5 * (left + right);
        for (int i = 0; i < Refinements && right - left > 2e-16 * right; i++)
        {
            double value = At(c, x);
            if (value == 0.0)
            {
                return x;
            }

            double width = right - left;
            (left, right) = value < 0.0 == atLeft < 0.0 ? (x, right) : (left, x);
            double next = x - (value / At(slope, x));
            bool inside = next > left && next < right && (i % 3 != 2 || right - left < 0.5 * width);
            if (inside && Math.Abs(next - x) <= 1e-16 * x)
            {
                return next;
            }

            x = inside ? next : 0.5 * (left + right);
        }

        return x;
    }
}
