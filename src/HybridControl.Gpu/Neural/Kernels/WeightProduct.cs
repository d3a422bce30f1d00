using System.Numerics;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary><c>y = factor (x W' + bias) + keep y</c>.</summary>
internal struct WeightProduct<T, TWeight> : IProduct<T, WeightProduct<T, TWeight>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TWeight : struct, IKernelWeight<T>
{
    public KernelMatrix<T> X;
    public TWeight Weight;
    public KernelMatrix<T> Bias;
    public KernelMatrix<T> Y;
    public T Factor;
    public T Keep;
    public int KeepsAny;

    public readonly int Rows => Y.Rows;

    public readonly int Columns => Y.Columns;

    public readonly int Terms => X.Columns;

    public readonly WeightProduct<T, TWeight> Select(int product, int depthStep) => this;

    public readonly bool Skips(int firstRow, int firstColumn, int rows) => false;

    public readonly bool LeftAlongTerms(int term) => true;

    public readonly bool RightAlongTerms(int term) => true;

    public readonly T Left(int row, int term) => row < X.Rows && term < X.Columns ? X[row, term] : T.Zero;

    public readonly T Right(int column, int term) => column < Y.Columns && term < X.Columns ? Weight.At(column, term) : T.Zero;

    public readonly void Store(int row, int column, T sum)
    {
        if (row < Y.Rows && column < Y.Columns)
        {
            T value = Factor * (Bias.Exists == 0 ? sum : sum + Bias[0, column]);
            KernelMatrix<T> y = Y;
            y[row, column] = KeepsAny == 0 ? value : value + (Keep * y[row, column]);
        }
    }
}
