using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Vision;

/// <summary>Linear maps with the channelwise factors and offsets that follow them multiplied into their weights.</summary>
internal static class FoldedLinear
{
    /// <summary>Builds a map from <c>weight</c> and <c>bias</c> of a place.</summary>
    /// <param name="context">The place.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="bias">Whether it adds a bias.</param>
    /// <param name="norm">The batch norm after it; null for none.</param>
    /// <param name="scale">Full name of factors after that; null for none.</param>
    public static Linear Build(LayerContext context, int rows, int columns, bool bias, BatchNorm? norm = null, string? scale = null)
    {
        ParameterLoader parameters = context.Parameters;
        IMatrixSource weight = parameters.Find(context.Named("weight"), rows, columns);
        if (norm is null && scale is null)
        {
            return new(parameters.Matrix(weight), bias ? parameters.Vector(context.Named("bias"), rows) : default);
        }

        double[] factor = [.. Enumerable.Repeat(1.0, rows)];
        double[] offset = bias ? Vectors.Read(parameters, context.Named("bias"), rows) : new double[rows];
        if (norm is not null)
        {
            (double[] by, double[] plus) = norm.Read(parameters, rows);
            Follow(factor, offset, by, plus);
        }

        if (scale is not null)
        {
            Follow(factor, offset, Vectors.Read(parameters, scale, rows), new double[rows]);
        }

        return new(parameters.Matrix(weight.ScaledBy(row => factor[row])), parameters.Constant(offset, 1, rows));
    }

    /// <summary>A map whose inputs pass a batch norm first: <c>y = (x factor + offset) W' + b</c>.</summary>
    public static Linear BuildAfter(LayerContext context, int rows, int columns, BatchNorm norm)
    {
        ParameterLoader parameters = context.Parameters;
        (double[] factor, double[] offset) = norm.Read(parameters, columns);
        IMatrixSource source = parameters.Find(context.Named("weight"), rows, columns);
        double[] bias = Vectors.Read(parameters, context.Named("bias"), rows);
        var weight = new double[checked(rows * columns)];
        for (int r = 0; r < rows; r++)
        {
            Span<double> row = weight.AsSpan(r * columns, columns);
            source.ReadRow(r, row);
            for (int c = 0; c < columns; c++)
            {
                bias[r] += row[c] * offset[c];
                row[c] *= factor[c];
            }
        }

        return new(parameters.Matrix(MatrixSources.Of(source.Name, weight, rows, columns)), parameters.Constant(bias, 1, rows));
    }

    private static void Follow(double[] factor, double[] offset, double[] by, double[] plus)
    {
        for (int i = 0; i < factor.Length; i++)
        {
            factor[i] *= by[i];
            offset[i] = (offset[i] * by[i]) + plus[i];
        }
    }
}
