namespace HybridControl.Numerics;

/// <summary>Lookup tables on several numbers side by side.</summary>
/// <remarks>Lane by lane: a binary search differs from lane to lane. Allocates nothing.</remarks>
public static unsafe class LaneTables
{
    /// <summary>Value of <paramref name="table"/> at each number of <paramref name="x"/>.</summary>
    /// <typeparam name="T">A double, or a vector of doubles.</typeparam>
    public static T Lookup<T>(LookupCurve table, T x) where T : unmanaged
    {
        double* lane = (double*)&x;
        for (int i = 0; i < sizeof(T) / sizeof(double); i++)
        {
            lane[i] = table.Evaluate(lane[i]);
        }

        return x;
    }

    /// <summary>Slope of <paramref name="table"/> at each number of <paramref name="x"/>.</summary>
    /// <typeparam name="T">A double, or a vector of doubles.</typeparam>
    public static T LookupSlope<T>(LookupCurve table, T x) where T : unmanaged
    {
        double* lane = (double*)&x;
        for (int i = 0; i < sizeof(T) / sizeof(double); i++)
        {
            lane[i] = table.Derivative(lane[i]);
        }

        return x;
    }

    /// <summary>Value of <paramref name="surface"/> at each pair of numbers of <paramref name="x"/> and <paramref name="y"/>.</summary>
    /// <typeparam name="T">A double, or a vector of doubles.</typeparam>
    public static T Surface<T>(LookupSurface surface, T x, T y) where T : unmanaged
    {
        double* lane = (double*)&x;
        double* other = (double*)&y;
        for (int i = 0; i < sizeof(T) / sizeof(double); i++)
        {
            lane[i] = surface.Evaluate(lane[i], other[i]);
        }

        return x;
    }
}
