using HybridControl.Neural.Autodiff;

namespace HybridControl.Neural.Layers.OnTape;

/// <summary>Complex parameters, kept as pairs of numbers in turn, taken apart and multiplied on a tape.</summary>
internal static class PairsOnTape
{
    /// <summary>Real and imaginary parts of a parameter of rows by pairs, each rows by columns.</summary>
    public static (Variable Real, Variable Imaginary) Split(Tape tape, Variable pairs)
    {
        (int rows, int columns) = (pairs.Shape.Rows, pairs.Shape.Columns / 2);
        Variable flat = tape.Reshape(pairs, rows * columns, 2);
        return (tape.Reshape(tape.Columns(flat, 0, 1), rows, columns), tape.Reshape(tape.Columns(flat, 1, 1), rows, columns));
    }

    /// <summary>The product, entry by entry; an operand of one column is repeated.</summary>
    public static (Variable Real, Variable Imaginary) Multiply(
        Tape tape, (Variable Real, Variable Imaginary) a, (Variable Real, Variable Imaginary) b) => (
        tape.Subtract(tape.Multiply(a.Real, b.Real), tape.Multiply(a.Imaginary, b.Imaginary)),
        tape.Add(tape.Multiply(a.Real, b.Imaginary), tape.Multiply(a.Imaginary, b.Real)));
}
