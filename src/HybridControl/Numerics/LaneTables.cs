namespace HybridControl.Numerics;

/// <summary>Lookup tables on several numbers side by side.</summary>
/// <remarks>Lane by lane: a binary search differs from lane to lane. Allocates nothing.</remarks>
public static unsafe class LaneTables
{
    /// <summary>Linear interpolation in <paramref name="table"/> at each number of <paramref name="x"/>.</summary>
    /// <typeparam name="T">A double, or a vector of doubles.</typeparam>
    public static T Lookup<T>(LookupTable table, T x) where T : unmanaged
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
    public static T LookupSlope<T>(LookupTable table, T x) where T : unmanaged
    {
        double* lane = (double*)&x;
        for (int i = 0; i < sizeof(T) / sizeof(double); i++)
        {
            lane[i] = table.Derivative(lane[i]);
        }

        return x;
    }
}
