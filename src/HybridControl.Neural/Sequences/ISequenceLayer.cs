using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences;

/// <summary>A layer that maps sequences to sequences and remembers what it needs in the state of the pass.</summary>
/// <remarks>Scanning a sequence in any pieces, down to single tokens, gives the same outputs up to rounding.</remarks>
public interface ISequenceLayer
{
    /// <summary>Numbers of a token that comes in.</summary>
    int Inputs { get; }

    /// <summary>Numbers of a token that goes out.</summary>
    int Outputs { get; }

    /// <summary>Takes in the tokens of a pass.</summary>
    /// <param name="pass">Streams, memory and back-end.</param>
    /// <param name="x">A row of <see cref="Inputs"/> numbers for each token.</param>
    /// <param name="y">Receives a row of <see cref="Outputs"/> numbers for each token; not x.</param>
    void Scan(ForwardPass pass, TensorView x, TensorView y);
}
