using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Layers;

namespace HybridControl.Neural.Kpin;

/// <summary>A network of tanh layers with a linear head for each thing that a design lets it correct.</summary>
/// <remarks>
/// Heads begin at zero: untrained, it says nothing and the filter is the plain one. Parameters <c>trunk.0.weight</c>, ...,
/// <c>residual.weight</c>, <c>process.weight</c>, <c>measurement.weight</c>, <c>gain.weight</c>, <c>gate.weight</c> and their biases.
/// One thread at a time for evaluation; forks share the parameters.
/// </remarks>
public sealed class KpinNetwork : IKpinCorrection
{
    private readonly Mlp _trunk;
    private readonly DenseLayer _residual;
    private readonly DenseLayer? _process;
    private readonly DenseLayer? _measurement;
    private readonly DenseLayer? _gain;
    private readonly DenseLayer? _gate;
    private readonly MlpEvaluator _evaluator;
    private readonly double[] _directions;

    /// <summary>Makes an untrained network.</summary>
    /// <param name="design">What it may correct and what it sees.</param>
    /// <param name="noises">Columns of the process noise factor of the model.</param>
    /// <param name="seed">Seed of the first weights.</param>
    /// <param name="hidden">Widths of the layers; two of 16 if omitted.</param>
    public KpinNetwork(KpinDesign design, int noises, ulong seed, params ReadOnlySpan<int> hidden)
    {
        ArgumentNullException.ThrowIfNull(design);
        KpinFeatures features = design.Features;
        (Design, Noises) = (design, noises);
        Hidden = hidden.IsEmpty ? [16, 16] : [.. hidden];
        _trunk = new(Parameters, "trunk", features.Count, Hidden.AsSpan());
        _trunk.Initialize(seed);
        _residual = new(Parameters, "residual", _trunk.Outputs, design.Residuals);
        if (design.Level >= KpinLevel.ResidualAndNoise)
        {
            _process = new(Parameters, "process", _trunk.Outputs, noises);
            _measurement = new(Parameters, "measurement", _trunk.Outputs, features.Measurements);
        }

        if (design.Level == KpinLevel.Gain)
        {
            _gain = new(Parameters, "gain", _trunk.Outputs, features.States * features.Measurements);
            _gate = new(Parameters, "gate", _trunk.Outputs, 1);
        }

        _evaluator = _trunk.Start();
        _directions = new double[features.Count * features.States];
        for (int i = 0; i < features.States; i++)
        {
            _directions[i * (features.States + 1)] = 1.0;
        }
    }

    private KpinNetwork(KpinNetwork other, KpinDesign design)
    {
        (Design, Noises, Hidden, Parameters) = (design, other.Noises, other.Hidden, other.Parameters);
        (_trunk, _residual, _process, _measurement) = (other._trunk, other._residual, other._process, other._measurement);
        (_gain, _gate, _directions) = (other._gain, other._gate, other._directions);
        _evaluator = _trunk.Start();
    }

    /// <summary>What it may correct and what it sees.</summary>
    public KpinDesign Design { get; }

    /// <summary>Columns of the process noise factor that it was made for.</summary>
    public int Noises { get; }

    /// <summary>Widths of its layers.</summary>
    public ImmutableArray<int> Hidden { get; }

    /// <summary>The learned numbers.</summary>
    public ParameterSet Parameters { get; } = new();

    /// <summary>The same network, sharing the learned numbers, under a design of the same level, features and residuals.</summary>
    /// <exception cref="ArgumentException">The design needs another network.</exception>
    public KpinNetwork With(KpinDesign design)
    {
        ArgumentNullException.ThrowIfNull(design);
        bool fits = design.Level == Design.Level && design.Residuals == Design.Residuals && design.Features.Count == Design.Features.Count &&
            design.Features.States == Design.Features.States && design.Features.Measurements == Design.Features.Measurements;
        return fits ? new(this, design) : throw new ArgumentException("The design has another level or other sizes.", nameof(design));
    }

    /// <summary>The same network with learned numbers of its own.</summary>
    internal KpinNetwork Copy()
    {
        var copy = new KpinNetwork(Design, Noises, seed: 0, Hidden.AsSpan());
        Parameters.Values.CopyTo(copy.Parameters.Values);
        return copy;
    }

    /// <summary>Refuses a model that the network was not made for.</summary>
    /// <exception cref="ModelException">A size differs; with every finding.</exception>
    public void Check(TransitionModel transition, MeasurementModel sensor)
    {
        ArgumentNullException.ThrowIfNull(transition);
        ArgumentNullException.ThrowIfNull(sensor);
        var findings = new FindingList();
        Design.Check(transition, sensor, findings);
        if (Noises != transition.NoiseCount)
        {
            findings.Error("kpin.noises", $"{Noises} here, {transition.NoiseCount} in the model", "Use the model that the network was made for.");
        }

        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }
    }

    /// <inheritdoc/>
    public void Evaluate(ReadOnlySpan<double> features, KpinOutput output)
    {
        ReadOnlySpan<double> hidden = _evaluator.Evaluate(features);
        _residual.Apply(hidden, output.Residual);
        _process?.Apply(hidden, output.ProcessScales);
        _measurement?.Apply(hidden, output.MeasurementScales);
        _gain?.Apply(hidden, output.Gain);
        if (_gate is not null)
        {
            Span<double> gate = [0.0];
            _gate.Apply(hidden, gate);
            output.Gate = gate[0];
        }

        int n = Design.Features.States;
        _residual.ApplyTangent(_evaluator.Tangent(_directions, n), n, output.ResidualJacobian);
    }

    /// <inheritdoc/>
    public IKpinCorrection Fork() => new KpinNetwork(this, Design);

    /// <summary>What <see cref="Evaluate"/> writes, on a tape. The tangent is along given directions of the features.</summary>
    internal KpinHeads Forward(Tape tape, BoundParameters bound, Variable features, Variable directions)
    {
        (Variable hidden, Variable tangent) = _trunk.Forward(tape, bound, features, directions);
        return new(
            _residual.Forward(tape, bound, hidden),
            _residual.ForwardTangent(tape, bound, tangent),
            _process?.Forward(tape, bound, hidden),
            _measurement?.Forward(tape, bound, hidden),
            _gain?.Forward(tape, bound, hidden),
            _gate?.Forward(tape, bound, hidden));
    }
}
