namespace HybridControl.Numerics;

/// <summary>The logarithm of one plus a small number.</summary>
internal static class Log1P
{
    /// <summary>log(1 + x) for x &gt; -1, accurate also where 1 + x loses the digits of x.</summary>
    /// <remarks>W. Kahan's correction: the rounding of 1 + x is divided out again. Hewlett-Packard HP-15C Advanced Functions Handbook (1982).</remarks>
    public static double Of(double x)
    {
        double sum = 1.0 + x;
        return sum == 1.0 ? x : Math.Log(sum) * (x / (sum - 1.0));
    }
}
