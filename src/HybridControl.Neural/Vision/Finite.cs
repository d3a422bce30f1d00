using System.Numerics;

namespace HybridControl.Neural.Vision;

/// <summary>Looks for numbers that would spread.</summary>
internal static class Finite
{
    /// <summary>Where the first number that is not finite stands; -1 for nowhere.</summary>
    public static int FirstOdd<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!T.IsFinite(values[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
