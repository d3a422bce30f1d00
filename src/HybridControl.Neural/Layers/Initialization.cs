using HybridControl.Numerics;

namespace HybridControl.Neural.Layers;

/// <summary>First values of parameters, each a function of (seed, parameter, entry) alone.</summary>
public static class Initialization
{
    /// <summary>Stream of the random numbers that start parameters.</summary>
    private const uint Stream = 0x4E4E0001;

    /// <summary>Uniform between plus and minus sqrt(6 / (rows + columns)), which keeps variances through tanh layers.</summary>
    /// <remarks>X. Glorot and Y. Bengio, AISTATS 2010, equation 16.</remarks>
    public static void Glorot(ParameterSet parameters, Parameter parameter, ulong seed) =>
        Uniform(parameters, parameter, Math.Sqrt(6.0 / (parameter.Rows + parameter.Columns)), seed);

    /// <summary>Uniform between plus and minus a limit.</summary>
    public static void Uniform(ParameterSet parameters, Parameter parameter, double limit, ulong seed)
    {
        Span<double> values = parameters.ValuesOf(parameter);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = limit * ((2.0 * Philox4x32.Uniform(seed, parameter.Index, Stream, i)) - 1.0);
        }
    }
}
