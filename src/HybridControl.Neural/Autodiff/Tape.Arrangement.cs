using HybridControl.Neural.Autodiff.Operations;

namespace HybridControl.Neural.Autodiff;

/// <content>Parts, arrangements and sums.</content>
public sealed partial class Tape
{
    /// <summary>Rows become columns.</summary>
    public Variable Transpose(Variable a) =>
        Record(Transposition.Instance, new(a.Shape.Batch, a.Shape.Columns, a.Shape.Rows), [a]);

    /// <summary>The rectangle of a that begins at a row and a column.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle reaches beyond a.</exception>
    public Variable Block(Variable a, int row, int column, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfNegative(column);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(row + rows, a.Shape.Rows, nameof(rows));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(column + columns, a.Shape.Columns, nameof(columns));
        return Record(BlockOf.Instance, new(a.Shape.Batch, rows, columns), [a], new() { Row = row, Column = column });
    }

    /// <summary>Some rows of a, all columns.</summary>
    /// <inheritdoc cref="Block"/>
    public Variable Rows(Variable a, int row, int rows) => Block(a, row, 0, rows, a.Shape.Columns);

    /// <summary>Some columns of a, all rows.</summary>
    /// <inheritdoc cref="Block"/>
    public Variable Columns(Variable a, int column, int columns) => Block(a, 0, column, a.Shape.Rows, columns);

    /// <summary>Matrices of equal width below each other. A shared one is repeated.</summary>
    /// <exception cref="ArgumentException">There is none, or widths or batches differ.</exception>
    public Variable Below(params ReadOnlySpan<Variable> parts) => Concatenate(parts, beside: false);

    /// <summary>Matrices of equal height beside each other. A shared one is repeated.</summary>
    /// <exception cref="ArgumentException">There is none, or heights or batches differ.</exception>
    public Variable Beside(params ReadOnlySpan<Variable> parts) => Concatenate(parts, beside: true);

    /// <summary>A column as the diagonal of a square matrix.</summary>
    /// <exception cref="ArgumentException">a is not a column.</exception>
    public Variable Diagonal(Variable a)
    {
        Require(a.Shape.Columns == 1, "Diagonal", a, a);
        return Record(Operations.Diagonal.Instance, a.Shape with { Columns = a.Shape.Rows }, [a]);
    }

    /// <summary>The diagonal of a square matrix as a column.</summary>
    /// <exception cref="ArgumentException">a is not square.</exception>
    public Variable DiagonalOf(Variable a)
    {
        Require(a.Shape.Rows == a.Shape.Columns, "DiagonalOf", a, a);
        return Record(Operations.DiagonalOf.Instance, a.Shape with { Columns = 1 }, [a]);
    }

    /// <summary>A row, a column or a shared matrix repeated to a larger shape.</summary>
    /// <exception cref="ArgumentException">An extent of a is neither 1 nor that of the shape.</exception>
    public Variable Broadcast(Variable a, Shape shape)
    {
        if (Broadcasting.Common("Broadcast", a.Shape, shape) != shape)
        {
            throw new ArgumentException($"Broadcast: {a.Shape} does not grow to {shape}.", nameof(shape));
        }

        return Record(Repetition.Instance, shape, [a]);
    }

    /// <summary>Sum of the entries of each sample, 1 x 1.</summary>
    public Variable Sum(Variable a) => Record(Summation.Instance, new(a.Shape.Batch, 1, 1), [a]);

    /// <summary>Sum of all entries of all samples: one number.</summary>
    public Variable Total(Variable a) => Record(Summation.Instance, new(1, 1, 1), [a]);

    private Variable Concatenate(ReadOnlySpan<Variable> parts, bool beside)
    {
        if (parts.IsEmpty)
        {
            throw new ArgumentException("Concatenate: there is nothing to put together.", nameof(parts));
        }

        Shape shape = parts[0].Shape;
        foreach (Variable part in parts[1..])
        {
            bool batches = part.Shape.Batch == shape.Batch || part.Shape.Batch == 1 || shape.Batch == 1;
            bool sides = beside ? part.Shape.Rows == shape.Rows : part.Shape.Columns == shape.Columns;
            Require(batches && sides, "Concatenate", parts[0], part);
            int batch = Math.Max(shape.Batch, part.Shape.Batch);
            shape = beside
                ? new(batch, shape.Rows, shape.Columns + part.Shape.Columns)
                : new(batch, shape.Rows + part.Shape.Rows, shape.Columns);
        }

        return Record(Concatenation.Instance, shape, parts, new() { TransposeFirst = beside });
    }
}
