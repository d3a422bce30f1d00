namespace HybridControl.Neural.Tensors;

/// <summary>A matrix that is read row by row when it is needed: from a file, from a generator, or made from others.</summary>
/// <remarks>Rows are read in any order and from several threads at once.</remarks>
public interface IMatrixSource
{
    /// <summary>What messages call it.</summary>
    string Name { get; }

    /// <summary>Rows.</summary>
    int Rows { get; }

    /// <summary>Columns.</summary>
    int Columns { get; }

    /// <summary>Reads a row in single precision.</summary>
    /// <param name="row">Which, from 0.</param>
    /// <param name="target">Receives <see cref="Columns"/> numbers.</param>
    void ReadRow(int row, Span<float> target);

    /// <summary>Reads a row in double precision.</summary>
    /// <param name="row">Which, from 0.</param>
    /// <param name="target">Receives <see cref="Columns"/> numbers.</param>
    void ReadRow(int row, Span<double> target);
}
