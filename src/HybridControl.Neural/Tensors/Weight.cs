namespace HybridControl.Neural.Tensors;

/// <summary>A matrix that multiplies many inputs, in whatever arrangement its back-end likes. Rows are outputs.</summary>
public abstract class Weight : IDisposable
{
    /// <summary>Describes the matrix.</summary>
    /// <param name="name">Its name in the model, for messages.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="format">How its entries are kept.</param>
    protected Weight(string name, int rows, int columns, WeightFormat format) =>
        (Name, Rows, Columns, Format) = (name, rows, columns, format);

    /// <summary>Its name in the model.</summary>
    public string Name { get; }

    /// <summary>Outputs.</summary>
    public int Rows { get; }

    /// <summary>Inputs.</summary>
    public int Columns { get; }

    /// <summary>How its entries are kept.</summary>
    public WeightFormat Format { get; }

    /// <summary>Bytes that it takes.</summary>
    public abstract long Bytes { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the memory back.</summary>
    protected abstract void Dispose(bool disposing);
}
