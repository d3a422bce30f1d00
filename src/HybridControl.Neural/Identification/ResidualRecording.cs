using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Layers;

namespace HybridControl.Neural.Identification;

/// <summary>The network on a tape, with its constants.</summary>
internal sealed record ResidualRecording(
    Tape Tape, BoundParameters Bound, Mlp Hidden, DenseLayer Head, Variable Center, Variable Reciprocals, Variable Spread)
{
    /// <summary>What is added to the rates of the states.</summary>
    public Variable Term(Variable x, Variable u)
    {
        Variable scaled = Tape.Multiply(Tape.Subtract(Tape.Below(x, u), Center), Reciprocals);
        return Tape.Product(Spread, Head.Forward(Tape, Bound, Hidden.Forward(Tape, Bound, scaled)));
    }
}
