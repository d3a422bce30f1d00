using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Vision;

/// <summary>The discrete cosine transform of planes, and its inverse, as products with exact matrices.</summary>
/// <remarks>
/// Along each axis <c>X[k] = 2 sum x[n] cos(pi (2n + 1) k / 2N)</c>, without further factors, and
/// <c>x[n] = (X[0] / 2 + sum X[k] cos(pi (2n + 1) k / 2N)) / N</c>. Ahmed, Natarajan and Rao, IEEE Trans. Computers C-23 (1974), 90-93.
/// </remarks>
internal sealed class CosineTransform
{
    private readonly int _height;
    private readonly int _width;
    private readonly Weight _alongWidth;
    private readonly Weight _alongHeight;
    private readonly Weight _backAlongWidth;
    private readonly Weight _backAlongHeight;
    private readonly IndexBuffer _turn;
    private readonly IndexBuffer _turnBack;

    public CosineTransform(LayerContext context, int height, int width)
    {
        (_height, _width) = (height, width);
        (_alongWidth, _alongHeight) = (Load(context, width, inverse: false), Load(context, height, inverse: false));
        (_backAlongWidth, _backAlongHeight) = (Load(context, width, inverse: true), Load(context, height, inverse: true));
        (_turn, _turnBack) = (ImageIndexes.Transposed(context, height, width), ImageIndexes.Transposed(context, width, height));
    }

    /// <summary>The matrix of the transform, row after row.</summary>
    public static double[] Matrix(int n) => Fill(n, (k, i) => 2.0 * Cosine(n, i, k));

    /// <summary>The matrix of its inverse, row after row.</summary>
    public static double[] Inverse(int n) => Fill(n, (i, k) => (k == 0 ? 0.5 : Cosine(n, i, k)) / n);

    /// <summary>From planes to their spectra.</summary>
    /// <param name="pass">Memory and back-end.</param>
    /// <param name="x">A row for each plane: height x width, row after row.</param>
    /// <param name="y">Receives a row for each plane: width x height, column after column of the spectrum.</param>
    public void Forward(ForwardPass pass, TensorView x, TensorView y) =>
        Apply(pass, x, (_height, _width), _alongWidth, _turn, _alongHeight, y);

    /// <summary>From spectra back to planes.</summary>
    public void Back(ForwardPass pass, TensorView x, TensorView y) =>
        Apply(pass, x, (_width, _height), _backAlongHeight, _turnBack, _backAlongWidth, y);

    private static void Apply(
        ForwardPass pass, TensorView x, (int Rows, int Columns) extent, Weight first, IndexBuffer turn, Weight second, TensorView y)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        (int planes, (int rows, int columns)) = (x.Rows, extent);
        TensorView half = pass.Workspace.Rent(planes, x.Columns);
        TensorView turned = pass.Workspace.Rent(planes, x.Columns);
        pass.Backend.MatMul(x.Reshaped(planes * rows, columns), first, default, 1.0, 0.0, half.Reshaped(planes * rows, columns));
        pass.Backend.GatherEntries(half, turn, turned);
        pass.Backend.MatMul(turned.Reshaped(planes * columns, rows), second, default, 1.0, 0.0, y.Reshaped(planes * columns, rows));
    }

    private static Weight Load(LayerContext context, int n, bool inverse) => context.Once(
        $"cosine transform of {n}, {inverse}",
        () => context.Parameters.Fixed(MatrixSources.Of("cosine transform", inverse ? Inverse(n) : Matrix(n), n, n)));

    /// <summary>The cosine of an angle that is a whole number of quarter turns over N, reduced first so that it is exact to the last place.</summary>
    private static double Cosine(int n, int i, int k) => Math.Cos(Math.PI * (((2L * i) + 1) * k % (4L * n)) / (2.0 * n));

    private static double[] Fill(int n, Func<int, int, double> entry)
    {
        var matrix = new double[checked(n * n)];
        for (int i = 0; i < matrix.Length; i++)
        {
            matrix[i] = entry(i / n, i % n);
        }

        return matrix;
    }
}
