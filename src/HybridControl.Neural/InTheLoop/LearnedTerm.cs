using System.Collections.Immutable;
using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Neural.Kpin;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Safetensors;
using HybridControl.Symbolics;

namespace HybridControl.Neural.InTheLoop;

/// <summary>A learned function of a few numbers, such as what a flow lacks: tanh layers, then a linear one. Kept in a safetensors file.</summary>
/// <remarks>
/// Tensors <c>layers.0.weight</c> (outputs by inputs), <c>layers.0.bias</c> and so on; the last layer has no tanh. Weights keep every bit.
/// Immutable, safe on any thread.
/// </remarks>
public sealed class LearnedTerm
{
    private const string Kind = "learned_term";
    private const string Version = "1";

    private readonly ImmutableArray<DenseNumbers> _layers;

    private LearnedTerm(ImmutableArray<DenseNumbers> layers) => _layers = layers;

    /// <summary>Inputs.</summary>
    public int Inputs => _layers[0].Inputs;

    /// <summary>Outputs.</summary>
    public int Outputs => _layers[^1].Outputs;

    /// <summary>Weights and biases.</summary>
    public int Parameters => _layers.Sum(layer => layer.Weights.Length + layer.Biases.Length);

    /// <summary>A copy of the weights of a network and of the linear layer after it.</summary>
    /// <exception cref="ArgumentException">The layer does not read what the network gives.</exception>
    public static LearnedTerm Of(Mlp network, DenseLayer output)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(output);
        if (network.Outputs != output.Inputs)
        {
            throw new ArgumentException($"The network gives {network.Outputs} numbers and the layer reads {output.Inputs}.", nameof(output));
        }

        var layers = ImmutableArray.CreateBuilder<DenseNumbers>();
        foreach (DenseLayer layer in network.Layers)
        {
            layers.Add(DenseNumbers.Of(layer));
        }

        layers.Add(DenseNumbers.Of(output));
        return new(layers.ToImmutable());
    }

    /// <summary>Reads a term.</summary>
    /// <exception cref="ModelException">The file is not sound or not a learned term; with every finding.</exception>
    public static LearnedTerm Load(string path) => Read(SafetensorsFile.Load(path), path);

    /// <summary>Reads a term from tensors.</summary>
    /// <param name="file">The tensors.</param>
    /// <param name="where">What findings call them.</param>
    /// <exception cref="ModelException">They are not a learned term; with every finding.</exception>
    public static LearnedTerm Read(SafetensorsFile file, string where)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.Metadata.GetValueOrDefault(Kind) != Version)
        {
            throw new ModelException(where, $"the note '{Kind}' is not '{Version}'", "Take a file that LearnedTerm.Save has written.");
        }

        var reader = new TensorReader(file, where);
        var layers = ImmutableArray.CreateBuilder<DenseNumbers>();
        long inputs = 0;
        do
        {
            (string weight, string bias) = NamesOf(layers.Count);
            (long rows, long columns) = file.Find(weight) is { Shape: [long r, long c] } && r > 0 && c > 0 ? (r, c) : (1L, 1L);
            inputs = layers.Count == 0 ? columns : inputs;
            layers.Add(new([.. reader.Read(weight, rows, inputs)], [.. reader.Read(bias, rows)], (int)inputs));
            inputs = rows;
        }
        while (file.Find(NamesOf(layers.Count).Weight) is not null);

        reader.RefuseOthers();
        if (reader.Findings.Count > 0)
        {
            throw new ModelException(reader.Findings.ToImmutable());
        }

        return new(layers.ToImmutable());
    }

    /// <summary>Writes the term.</summary>
    /// <exception cref="ModelException">The file cannot be written.</exception>
    public void Save(string path) => Write().Save(path);

    /// <summary>The file of the term, to write anywhere.</summary>
    public SafetensorsWriter Write()
    {
        SafetensorsWriter writer = new SafetensorsWriter().Note(Kind, Version);
        for (int i = 0; i < _layers.Length; i++)
        {
            (string weight, string bias) = NamesOf(i);
            writer.Add(weight, [_layers[i].Outputs, _layers[i].Inputs], _layers[i].Weights.AsSpan());
            writer.Add(bias, [_layers[i].Outputs], _layers[i].Biases.AsSpan());
        }

        return writer;
    }

    /// <summary>The term for inputs and outputs in other units: <c>y = outputScale term((x - inputMean) / inputScale)</c>, entry by entry.</summary>
    /// <exception cref="ArgumentException">Another number of means or scales than of inputs or outputs, or a scale of zero.</exception>
    public LearnedTerm Rescaled(ReadOnlySpan<double> inputMean, ReadOnlySpan<double> inputScale, ReadOnlySpan<double> outputScale)
    {
        if (inputMean.Length != Inputs || inputScale.Length != Inputs || outputScale.Length != Outputs || inputScale.Contains(0.0))
        {
            throw new ArgumentException($"The term has {Inputs} inputs and {Outputs} outputs; give a number for each, and no input scale of zero.", nameof(inputScale));
        }

        ImmutableArray<DenseNumbers> layers = _layers.SetItem(0, _layers[0].WithInputs(inputMean, inputScale));
        return new(layers.SetItem(layers.Length - 1, layers[^1].WithOutputs(outputScale)));
    }

    /// <summary>The outputs as expressions, for flows, guards and resets.</summary>
    /// <param name="inputs">One expression for each input.</param>
    /// <exception cref="ModelException">There is another number of inputs.</exception>
    public Expr[] ToExpressions(params ReadOnlySpan<Expr> inputs)
    {
        Expr[] values = inputs.ToArray();
        for (int i = 0; i < _layers.Length; i++)
        {
            values = MlpExpression.Dense(_layers[i].Weights.AsSpan(), _layers[i].Biases.AsSpan(), values);
            if (i < _layers.Length - 1)
            {
                values = [.. values.Select(Expr.Tanh)];
            }
        }

        return values;
    }

    private static (string Weight, string Bias) NamesOf(int layer) => (
        string.Create(CultureInfo.InvariantCulture, $"layers.{layer}.weight"), string.Create(CultureInfo.InvariantCulture, $"layers.{layer}.bias"));
}
