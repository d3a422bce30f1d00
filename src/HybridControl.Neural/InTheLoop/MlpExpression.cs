using HybridControl.Diagnostics;
using HybridControl.Neural.Layers;
using HybridControl.Symbolics;

namespace HybridControl.Neural.InTheLoop;

/// <summary>Dense networks as expressions: for flows, guards, resets and sensors, on every back-end and with exact derivatives.</summary>
/// <remarks>
/// The weights become constants of the expression: what is trained later does not show. Every weight is one multiplication and addition
/// of compiled code; networks of more than some ten thousand weights belong into a sampled block.
/// </remarks>
public static class MlpExpression
{
    /// <summary>The outputs of a network.</summary>
    /// <param name="mlp">The network, with the weights that it has now.</param>
    /// <param name="inputs">One expression for each input.</param>
    /// <exception cref="ModelException">There is another number of inputs, or a weight is not finite.</exception>
    public static Expr[] ToExpressions(this Mlp mlp, params ReadOnlySpan<Expr> inputs)
    {
        ArgumentNullException.ThrowIfNull(mlp);
        Expr[] values = inputs.ToArray();
        foreach (DenseLayer layer in mlp.Layers)
        {
            values = [.. layer.ToExpressions(values).Select(Expr.Tanh)];
        }

        return values;
    }

    /// <summary>The outputs of a layer, <c>W x + b</c>.</summary>
    /// <param name="layer">The layer, with the weights that it has now.</param>
    /// <param name="inputs">One expression for each input.</param>
    /// <exception cref="ModelException">There is another number of inputs, or a weight is not finite.</exception>
    public static Expr[] ToExpressions(this DenseLayer layer, params ReadOnlySpan<Expr> inputs)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Dense(layer.Weights, layer.Biases, inputs);
    }

    internal static Expr[] Dense(ReadOnlySpan<double> weights, ReadOnlySpan<double> biases, ReadOnlySpan<Expr> inputs)
    {
        if (weights.Length != biases.Length * inputs.Length)
        {
            throw new ModelException(
                "network", FormattableString.Invariant($"{inputs.Length} inputs where the network has {weights.Length / biases.Length}"), "Give one expression for each.");
        }

        var outputs = new Expr[biases.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            ReadOnlySpan<double> row = weights.Slice(i * inputs.Length, inputs.Length);
            if (!Numerics.Dense.IsFinite(row) || !double.IsFinite(biases[i]))
            {
                throw new ModelException("network", FormattableString.Invariant($"a weight of output {i} of a layer is not finite"), "Train it anew.");
            }

            outputs[i] = Expr.LinearForm(row, inputs, biases[i]);
        }

        return outputs;
    }
}
