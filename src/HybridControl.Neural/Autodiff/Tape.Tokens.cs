using HybridControl.Neural.Autodiff.Operations;

namespace HybridControl.Neural.Autodiff;

/// <content>Attention, tokens and losses.</content>
public sealed partial class Tape
{
    /// <summary>Causal attention: every row reads the values of itself and of rows before it by the softmax of scale q . k.</summary>
    /// <param name="q">Rows by heads times width.</param>
    /// <param name="k">Rows by groups times width: keys; neighbouring heads share those of a group.</param>
    /// <param name="v">Rows by groups times a width that may differ: values.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="groups">Number of heads of keys and values; it divides heads.</param>
    /// <param name="window">Rows before its own that a row looks back on; 0 for all.</param>
    /// <param name="scale">Factor of q . k; null for 1 / sqrt(width).</param>
    /// <returns>Rows by heads times the width of values.</returns>
    /// <remarks>
    /// A. Vaswani et al., arXiv 1706.03762, section 3.2; shared keys after J. Ainslie et al., arXiv 2305.13245. Time grows with the square
    /// of the rows, memory with the rows.
    /// </remarks>
    /// <exception cref="ArgumentException">Extents do not fit.</exception>
    public Variable Attention(Variable q, Variable k, Variable v, int heads, int groups, int window = 0, double? scale = null)
    {
        Divides(heads, q.Shape.Columns, nameof(heads));
        Divides(groups, heads, nameof(groups));
        Divides(groups, v.Shape.Columns, nameof(groups));
        ArgumentOutOfRangeException.ThrowIfNegative(window);
        int width = q.Shape.Columns / heads;
        Require(k.Shape == q.Shape with { Columns = groups * width }, "Attention", q, k);
        Require(v.Shape == k.Shape with { Columns = v.Shape.Columns }, "Attention", k, v);
        return Record(
            CausalAttention.Instance,
            q.Shape with { Columns = v.Shape.Columns / groups * heads },
            [q, k, v],
            new() { Heads = heads, Groups = groups, Window = window, First = scale ?? 1.0 / Math.Sqrt(width) });
    }

    /// <summary>Rotary positions: columns i and i + turning / 2 of each head turn by row times frequency^(-2 i / turning).</summary>
    /// <param name="x">Rows by heads times width: queries or keys.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="frequency">Base of the angles, usually 10000.</param>
    /// <param name="turning">Columns of each head that turn, an even number; 0 for all.</param>
    /// <remarks>J. Su et al., arXiv 2104.09864, section 3.2, in the pairing of halves that Hugging Face uses.</remarks>
    /// <exception cref="ArgumentException">Heads do not divide the columns, or no even number of columns turns.</exception>
    public Variable Rotate(Variable x, int heads, double frequency, int turning = 0)
    {
        Divides(heads, x.Shape.Columns, nameof(heads));
        int width = x.Shape.Columns / heads;
        int columns = turning == 0 ? width : turning;
        if (columns < 0 || columns > width || columns % 2 != 0)
        {
            throw new ArgumentException($"{columns} of {width} columns cannot turn in pairs.", nameof(turning));
        }

        return Record(Rotation.Instance, x.Shape, [x], new() { Heads = heads, First = frequency, Column = columns });
    }

    /// <summary>Rows of a table, by number.</summary>
    /// <param name="table">Shared, entries by width.</param>
    /// <param name="indices">Row k of sample b is number k * batch + b. Not to be changed before the backward pass.</param>
    /// <param name="batch">Number of samples.</param>
    /// <exception cref="ArgumentException">The table is not shared, or the indices do not fill the batch.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index names no row.</exception>
    public Variable Embed(Variable table, ReadOnlyMemory<int> indices, int batch)
    {
        Require(table.Shape.Batch == 1, "Embed", table, table);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        Divides(batch, indices.Length, "samples");
        int outside = indices.Span.IndexOfAnyExceptInRange(0, table.Shape.Rows - 1);
        if (outside >= 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(indices),
                $"Row {outside / batch} of sample {outside % batch} is number {indices.Span[outside]}; the table has {table.Shape.Rows}.");
        }

        return Record(
            RowGather.Instance, new(batch, indices.Length / batch, table.Shape.Columns), [table], new() { Indices = indices });
    }

    /// <summary>Sum over counted rows of -log softmax(logits) at the right class, 1 x 1 for every sample.</summary>
    /// <param name="logits">Rows by classes.</param>
    /// <param name="classes">The right class of row k of sample b at k * batch + b; below zero where a row is not counted. Not to be changed
    /// before the backward pass.</param>
    /// <exception cref="ArgumentException">There is not one class for each row of each sample.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public Variable CrossEntropy(Variable logits, ReadOnlyMemory<int> classes)
    {
        (int batch, int rows, int columns) = logits.Shape;
        if (classes.Length != batch * rows)
        {
            throw new ArgumentException($"CrossEntropy: {classes.Length} classes for {batch} samples of {rows} rows.", nameof(classes));
        }

        int outside = classes.Span.IndexOfAnyExceptInRange(int.MinValue, columns - 1);
        if (outside >= 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(classes), $"Row {outside / batch} of sample {outside % batch} asks for class {classes.Span[outside]} of {columns}.");
        }

        return Record(Operations.CrossEntropy.Instance, new(batch, 1, 1), [logits], new() { Indices = classes });
    }

    /// <summary>Mean over all entries of all samples of (a - b)^2: one number.</summary>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public Variable MeanSquaredError(Variable a, Variable b)
    {
        Require(a.Shape == b.Shape, "MeanSquaredError", a, b);
        return Record(SquaredError.Instance, new(1, 1, 1), [a, b]);
    }
}
