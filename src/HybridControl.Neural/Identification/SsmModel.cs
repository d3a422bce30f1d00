using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Neural.Explanation;
using HybridControl.Neural.Sequences.Mixers;

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
    public int Order => Poles.Sum(pole => pole.Imaginary == 0.0 ? 1 : 2);

    /// <summary>The poles in continuous time, in 1/s: real ones, and of each pair the upper one.</summary>
    public ImmutableArray<Complex> Poles => [.. System.Exponents.Select(exponent => exponent / SamplePeriod)];

    /// <summary>In units of a sample, for deviations.</summary>
    internal ModalSystem System { get; }

    /// <summary>Starts following inputs and outputs, from rest.</summary>
    public SsmFilter Start() => new(this);

    /// <summary>The system between samples, for deviations: x' = a x + B u, y = 2 Re(C x) + D u, with inputs that act from their sample on.</summary>
    /// <remarks>
    /// A held input then is seen one sample later, as with a plant behind a converter. Poles, frequency response, Gramians and real matrices are
    /// those of <see cref="ModalModel"/>.
    /// </remarks>
    public ModalModel ToPlant()
    {
        // The layer's state is this one's a sample later: what the input adds in between comes first to the state and then to the output.
        Complex[] multipliers = System.Multipliers();
        ModalModel layer = ToLayer();
        double[] d = [.. layer.D];
        for (int i = 0; i < d.Length; i++)
        {
            (int output, int input) = (i / layer.Inputs, i % layer.Inputs);
            for (int mode = 0; mode < Modes; mode++)
            {
                d[i] += 2.0 * (System.C[(output * Modes) + mode] * System.B[(mode * layer.Inputs) + input]).Real;
            }
        }

        return new(layer.Poles, layer.B, [.. layer.C.Select((c, i) => c * multipliers[i % Modes])], [.. d], layer.Inputs, layer.Outputs);
    }

    /// <summary>The system as the S5 layer that it is: at each sample the input counts that was held until then.</summary>
    public ModalModel ToLayer()
    {
        (int p, int m) = (InputNames.Length, OutputNames.Length);
        ImmutableArray<Complex> b = [.. System.B.Select((value, i) => value / (SamplePeriod * ModeStep.Phi(System.Exponents[i / p])))];
        return new(Poles, b, [.. System.C], [.. System.D], p, m);
    }

    /// <summary>How far outputs are from what the system foretells, sample by sample.</summary>
    /// <param name="data">Inputs and outputs under the names of this model.</param>
    /// <exception cref="Diagnostics.ModelException">Names or the sample period differ, or the data are not sound; with every finding.</exception>
    public AnomalyScore Score(IdentificationData data) => SsmEvaluation.Anomalies(this, data);

    /// <summary>What the system foretells, for each run row by row.</summary>
    /// <param name="data">Inputs and outputs under the names of this model.</param>
    /// <param name="corrects">Whether each row knows the outputs before it; else inputs alone tell.</param>
    /// <param name="heldOut">Share of each run, at its end, that does not tell where the run starts.</param>
    /// <exception cref="Diagnostics.ModelException">Names or the sample period differ, or the data are not sound; with every finding.</exception>
    public ImmutableArray<ImmutableArray<double>> Foretell(IdentificationData data, bool corrects = false, double heldOut = 0.0) =>
        SsmEvaluation.Outputs(this, data, corrects, heldOut);

    /// <summary>How well the system foretells outputs, in one step and from inputs alone.</summary>
    /// <param name="data">Inputs and outputs under the names of this model.</param>
    /// <param name="heldOut">Share of each run, at its end, that is scored; what comes before tells where the run starts. 0 scores all of it.</param>
    /// <exception cref="Diagnostics.ModelException">Names or the sample period differ, or the data are not sound; with every finding.</exception>
    public SsmScore Evaluate(IdentificationData data, double heldOut = 0.0) => SsmEvaluation.Score(this, data, heldOut);
}
