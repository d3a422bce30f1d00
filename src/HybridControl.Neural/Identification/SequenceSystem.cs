using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Explanation;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Sequences.Mixers;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.Identification;

/// <summary>A nonlinear system as identified: a stack of gated S5 layers with names and units.</summary>
/// <remarks>
/// <see cref="Model"/> works in scaled units: inputs less <see cref="InputCenter"/> over <see cref="InputScale"/>, and outputs likewise. Its
/// description and trained parameters build a <see cref="LayerStack"/> that steps through samples. Not to be changed while it is used.
/// </remarks>
public sealed class SequenceSystem
{
    internal SequenceSystem(SequenceModel model, double samplePeriod, IReadOnlyList<string> inputNames, IReadOnlyList<string> outputNames, ModalData scaled)
        : this(model, samplePeriod, inputNames, outputNames, scaled.InputCenter, scaled.InputScale, scaled.OutputCenter, scaled.OutputScale)
    {
    }

    internal SequenceSystem(
        SequenceModel model, double samplePeriod, IReadOnlyList<string> inputNames, IReadOnlyList<string> outputNames,
        IReadOnlyList<double> inputCenter, IReadOnlyList<double> inputScale, IReadOnlyList<double> outputCenter, IReadOnlyList<double> outputScale)
    {
        (Model, SamplePeriod) = (model, samplePeriod);
        (InputNames, OutputNames) = ([.. inputNames], [.. outputNames]);
        (InputCenter, InputScale, OutputCenter, OutputScale) = ([.. inputCenter], [.. inputScale], [.. outputCenter], [.. outputScale]);
    }

    /// <summary>The stack, with what was learned.</summary>
    public SequenceModel Model { get; }

    /// <summary>Seconds between samples.</summary>
    public double SamplePeriod { get; }

    /// <summary>Names of the inputs.</summary>
    public ImmutableArray<string> InputNames { get; }

    /// <summary>Names of the outputs.</summary>
    public ImmutableArray<string> OutputNames { get; }

    /// <summary>What is taken from each input.</summary>
    public ImmutableArray<double> InputCenter { get; }

    /// <summary>What each input is divided by.</summary>
    public ImmutableArray<double> InputScale { get; }

    /// <summary>What is added to each output.</summary>
    public ImmutableArray<double> OutputCenter { get; }

    /// <summary>What each output is multiplied by.</summary>
    public ImmutableArray<double> OutputScale { get; }

    /// <summary>Number of layers.</summary>
    public int Layers => Model.Description.Layers.Length;

    /// <summary>Modes of each layer.</summary>
    public int Modes => ((S5Description)Model.Description.Layers[0].Blocks[0].Mixer).Modes;

    /// <summary>The linear system within a layer, before its gate, in scaled units of the stream.</summary>
    /// <param name="layer">Which, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer.</exception>
    public ModalModel Layer(int layer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(layer);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(layer, Layers);
        double[] Values(string name) => Model.Parameters.ValuesOf(
            Model.Parameters.Find(string.Create(CultureInfo.InvariantCulture, $"layers.{layer}.mixer.{name}"))!).ToArray();
        return new S5Parameters
        {
            Lambda = [.. Values("Lambda_re").Zip(Values("Lambda_im"), (re, im) => new Complex(re, im))],
            B = ComplexPairs.Read(Values("B")),
            C = ComplexPairs.Read(Values("C")),
            D = [.. Values("D")],
            LogStep = [.. Values("log_step")],
            ClipEigenvalues = true,
        }.ToModal(SamplePeriod);
    }

    /// <summary>What the system makes of the inputs alone, for each run row by row, from states of zero.</summary>
    /// <param name="data">Inputs and outputs under the names of this system.</param>
    /// <exception cref="Diagnostics.ModelException">Names or the sample period differ, or the data are not sound; with every finding.</exception>
    public ImmutableArray<ImmutableArray<double>> Foretell(IdentificationData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        data.CheckFor(InputNames, OutputNames, SamplePeriod);
        return [.. data.Runs.Select(run => Foretell(run.Inputs))];
    }

    /// <summary>How well the system foretells outputs from inputs alone.</summary>
    /// <param name="data">Inputs and outputs under the names of this system.</param>
    /// <param name="heldOut">Share of each run, at its end, that is scored; 0 for all of it.</param>
    /// <exception cref="Diagnostics.ModelException">Names or the sample period differ, or the data are not sound; with every finding.</exception>
    public OutputScore Evaluate(IdentificationData data, double heldOut = 0.0) => OutputScore.Of(data, Foretell(data), heldOut);

    /// <summary>The stack of some gated S5 layers from signals to signals. No norms: they would take the size of a signal away.</summary>
    internal static StackDescription Describe(int inputs, int outputs, int layers, int width, int modes) => new()
    {
        Width = width,
        Signals = inputs,
        Outputs = outputs,
        HeadBias = true,
        Layers =
        [
            .. Enumerable.Range(0, layers).Select(_ => new LayerDescription(
            [
                new BlockDescription
                {
                    Name = "mixer",
                    Mixer = new S5Description { Modes = modes, Tail = S5Tail.FullGlu, ClipEigenvalues = true },
                },
            ])),
        ],
    };

    private ImmutableArray<double> Foretell(ImmutableArray<double> inputs)
    {
        int p = InputNames.Length;
        var tape = new Tape();
        double[] scaled = ModalData.Normalize(inputs.AsSpan(), [.. InputCenter], [.. InputScale]);
        Variable y = Model.Forward(tape, Model.Parameters.Bind(tape), tape.Constant(scaled, 1, scaled.Length / p, p));
        double[] outputs = tape.Value(y).ToArray();
        return [.. outputs.Select((value, i) => OutputCenter[i % OutputNames.Length] + (OutputScale[i % OutputNames.Length] * value))];
    }
}
