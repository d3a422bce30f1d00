using System.Collections.Immutable;
using System.Numerics;

namespace HybridControl.Neural.Identification;

/// <summary>A linear system in diagonal form, as identified: an S5 layer with names, units and a gain.</summary>
/// <remarks>
/// <para>
/// At each sample s = exp(a T) s + B u and y = 2 Re(C s) + D u, for deviations of u and y from their centres, with one state for each pair of
/// poles or real pole; then s + K (y - what was foretold). u is what was held until the sample.
/// </para>
/// <para>
/// J. T. H. Smith, A. Warrington and S. W. Linderman, arXiv 2208.04933, for the layer; L. Ljung, System Identification (1999), section 4.3, for
/// the gain. Immutable and thread-safe.
/// </para>
/// </remarks>
public sealed class SsmModel
{
    internal SsmModel(
        ModalSystem system, double samplePeriod, IReadOnlyList<string> inputNames, IReadOnlyList<string> outputNames,
        double[] inputCenter, double[] outputCenter, double[] innovationCovariance)
    {
        System = system;
        SamplePeriod = samplePeriod;
        (InputNames, OutputNames) = ([.. inputNames], [.. outputNames]);
        (InputCenter, OutputCenter) = ([.. inputCenter], [.. outputCenter]);
        InnovationCovariance = [.. innovationCovariance];
    }

    /// <summary>Seconds between samples.</summary>
    public double SamplePeriod { get; }

    /// <summary>Names of the p inputs.</summary>
    public ImmutableArray<string> InputNames { get; }

    /// <summary>Names of the m outputs.</summary>
    public ImmutableArray<string> OutputNames { get; }

    /// <summary>Value of each input from which deviations count.</summary>
    public ImmutableArray<double> InputCenter { get; }

    /// <summary>Value of each output from which deviations count.</summary>
    public ImmutableArray<double> OutputCenter { get; }

    /// <summary>Covariance of one-step errors, m by m.</summary>
    public ImmutableArray<double> InnovationCovariance { get; }

    /// <summary>Number of complex states: pairs of poles and real poles.</summary>
    public int Modes => System.Modes;

    /// <summary>Number n of poles.</summary>
    public int Order => Enumerable.Range(0, Modes).Sum(mode => System.IsReal(mode) ? 1 : 2);

    /// <summary>The poles in continuous time, one for each state.</summary>
    public ImmutableArray<SsmPole> Poles =>
        [.. Enumerable.Range(0, Modes).Select(mode => new SsmPole(System.Exponents[mode] / SamplePeriod, !System.IsReal(mode)))];

    /// <summary>In units of a sample, for deviations.</summary>
    internal ModalSystem System { get; }

    /// <summary>Starts following inputs and outputs, from rest.</summary>
    public SsmFilter Start() => new(this);

    /// <summary>x' = A x + B u, y = C x + D u between samples.</summary>
    /// <remarks>An input then acts from its sample on, as a held input does: outputs at a sample do not see a later input.</remarks>
    public SsmMatrices Continuous() => Realize(continuous: true);

    /// <summary>x+ = A x + B u, y = C x + D u from sample to sample, with inputs that act from their sample on.</summary>
    public SsmMatrices Discrete() => Realize(continuous: false);

    /// <summary>How far outputs are from what the system foretells, sample by sample.</summary>
    /// <param name="data">Inputs and outputs under the names of this model.</param>
    /// <exception cref="Diagnostics.ModelException">Names or the sample period differ, or the data are not sound; with every finding.</exception>
    public AnomalyScore Score(IdentificationData data) => SsmEvaluation.Anomalies(this, data);

    /// <summary>How well the system foretells outputs, in one step and from inputs alone.</summary>
    /// <param name="data">Inputs and outputs under the names of this model.</param>
    /// <param name="heldOut">Share of each run, at its end, that is scored; what comes before tells where the run starts. 0 scores all of it.</param>
    /// <exception cref="Diagnostics.ModelException">Names or the sample period differ, or the data are not sound; with every finding.</exception>
    public SsmScore Evaluate(IdentificationData data, double heldOut = 0.0) => SsmEvaluation.Score(this, data, heldOut);

    private SsmMatrices Realize(bool continuous)
    {
        (int n, int p, int m) = (Order, InputNames.Length, OutputNames.Length);
        (var a, var b, var c, var d) = (new double[n, n], new double[n, p], new double[m, n], new double[m, p]);
        for (int o = 0; o < m; o++)
        {
            for (int j = 0; j < p; j++)
            {
                d[o, j] = System.D[(o * p) + j];
            }
        }

        int row = 0;
        for (int mode = 0; mode < Modes; mode++)
        {
            bool real = System.IsReal(mode);
            Complex multiplier = Complex.Exp(System.Exponents[mode]);
            Complex pole = continuous ? System.Exponents[mode] / SamplePeriod : multiplier;
            a[row, row] = pole.Real;
            for (int j = 0; j < p; j++)
            {
                Complex influence = System.B[(mode * p) + j];
                Complex input = continuous ? influence * PhysicsTerm.RateOf(System.Exponents[mode]) / SamplePeriod : influence;
                b[row, j] = input.Real;
                if (!real)
                {
                    b[row + 1, j] = input.Imaginary;
                }

                // The state of this form is the layer's of one sample before: what inputs add since then comes first to s, then to y.
                for (int o = 0; o < m; o++)
                {
                    d[o, j] += 2.0 * (System.C[(o * Modes) + mode] * influence).Real;
                }
            }

            for (int o = 0; o < m; o++)
            {
                Complex output = System.C[(o * Modes) + mode] * multiplier;
                c[o, row] = 2.0 * output.Real;
                if (!real)
                {
                    c[o, row + 1] = -2.0 * output.Imaginary;
                }
            }

            if (!real)
            {
                a[row + 1, row + 1] = pole.Real;
                a[row, row + 1] = -pole.Imaginary;
                a[row + 1, row] = pole.Imaginary;
            }

            row += real ? 1 : 2;
        }

        return new(a, b, c, d);
    }
}
