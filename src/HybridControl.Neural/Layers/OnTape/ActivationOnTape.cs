using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Backends;

namespace HybridControl.Neural.Layers.OnTape;

/// <summary>Activations of a description as tape operations.</summary>
internal static class ActivationOnTape
{
    /// <summary>The function of every entry.</summary>
    public static Variable Apply(Tape tape, Activation activation, Variable x) => activation switch
    {
        Activation.Identity => x,
        Activation.Silu => tape.Silu(x),
        Activation.Gelu => tape.Gelu(x),
        Activation.GeluTanh => tape.GeluTanh(x),
        Activation.Relu => tape.Relu(x),
        Activation.SquaredRelu => tape.SquaredRelu(x),
        Activation.Sigmoid => tape.Sigmoid(x),
        Activation.Softplus => tape.Softplus(x),
        Activation.Tanh => tape.Tanh(x),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no such activation."),
    };

    /// <summary>x times the function of z.</summary>
    public static Variable Gate(Tape tape, Activation activation, Variable x, Variable z) => activation switch
    {
        Activation.Silu => tape.GateBySilu(x, z),
        Activation.Sigmoid => tape.GateBySigmoid(x, z),
        _ => tape.Multiply(x, Apply(tape, activation, z)),
    };
}
