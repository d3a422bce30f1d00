using HybridControl.Numerics;

namespace HybridControl.Neural.Layers.OnTape;

/// <summary>Draws the first values of parameters, each a function of (seed, parameter, entry) alone.</summary>
/// <param name="Parameters">Where they lie.</param>
/// <param name="Seed">Seed of all of them.</param>
/// <param name="OutputScale">Factor of the weights that lead back to the residual stream, which keeps its variance in deep stacks.</param>
internal sealed record Start(ParameterSet Parameters, ulong Seed, double OutputScale)
{
    private const uint Stream = 0x4E4E0002;

    /// <summary>Every entry alike.</summary>
    public void Fill(Parameter? parameter, double value)
    {
        if (parameter is not null)
        {
            Parameters.ValuesOf(parameter).Fill(value);
        }
    }

    /// <summary>A function of the number of the entry and a uniform number between 0 and 1.</summary>
    public void Draw(Parameter? parameter, Func<int, double, double> function)
    {
        if (parameter is null)
        {
            return;
        }

        Span<double> values = Parameters.ValuesOf(parameter);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = function(i, Philox4x32.Uniform(Seed, parameter.Index, Stream, i));
        }
    }

    /// <summary>Uniform between plus and minus a limit.</summary>
    public void Uniform(Parameter? parameter, double limit) => Draw(parameter, (_, u) => limit * ((2.0 * u) - 1.0));

    /// <summary>Normal with mean zero.</summary>
    public void Normal(Parameter? parameter, double deviation) => Draw(parameter, (_, u) => deviation * NormalLaw.Quantile(u));

    /// <summary>Normal numbers that belong to a parameter but are not its entries.</summary>
    public double[] Normals(Parameter parameter, int count, double deviation)
    {
        var values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = deviation * NormalLaw.Quantile(Philox4x32.Uniform(Seed, parameter.Index, Stream, i));
        }

        return values;
    }

    /// <summary>Log-uniform steps between 0.001 and 0.1 through a function.</summary>
    /// <remarks>A. Gu and T. Dao, arXiv 2312.00752, section 3.6; s5 <c>ssm_init.py</c>, s4 <c>s4d.py</c> alike.</remarks>
    public void Steps(Parameter? parameter, Func<double, double> function) =>
        Draw(parameter, (_, u) => function(Math.Exp(Math.Log(1e-3) + (u * Math.Log(100.0)))));

    /// <summary>The number that softplus turns into a step.</summary>
    public static double BeforeSoftplus(double step) => step + Log1P.Of(-Math.Exp(-step));
}
