using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Neural.Sequences.Mixers;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Stacks;

/// <summary>Reads the numbers of time-invariant layers in double precision.</summary>
internal sealed class LinearNumbers(LayerContext context)
{
    public ImmutableArray<double> Reals(string name, int rows, int columns)
    {
        IMatrixSource source = context.Parameters.Find(context.Named(name), rows, columns);
        var values = new double[rows * columns];
        for (int i = 0; i < rows; i++)
        {
            source.ReadRow(i, values.AsSpan(i * columns, columns));
        }

        return [.. values];
    }

    /// <summary>A complex matrix kept with real and imaginary parts in turn.</summary>
    public ImmutableArray<Complex> Pairs(string name, int rows, int columns) => ComplexPairs.Read(Reals(name, rows, 2 * columns).AsSpan());

    /// <summary>A complex vector kept as two real ones.</summary>
    public ImmutableArray<Complex> Pairs(string real, string imaginary, int length) =>
        [.. Reals(real, 1, length).Zip(Reals(imaginary, 1, length), (re, im) => new Complex(re, im))];
}
