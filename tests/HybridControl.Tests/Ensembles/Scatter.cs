namespace HybridControl.Tests.Ensembles;

/// <summary>Numbers that look random and are a function of their number.</summary>
internal static class Scatter
{
    /// <summary>A number between 0 and 1, exclusive.</summary>
    public static double Uniform(long i, int stream = 0)
    {
        ulong z = ((ulong)i * 0x9E3779B97F4A7C15) + ((ulong)(stream + 1) * 0xD1B54A32D192ED03);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (((z ^ (z >> 31)) >> 11) + 0.5) * Math.ScaleB(1.0, -53);
    }

    /// <summary>A standard normal number, by the polar form of Box and Muller.</summary>
    public static double Normal(long i, int stream = 0) =>
        Math.Sqrt(-2.0 * Math.Log(Uniform(i, 2 * stream))) * Math.Cos(2.0 * Math.PI * Uniform(i, (2 * stream) + 1));
}
