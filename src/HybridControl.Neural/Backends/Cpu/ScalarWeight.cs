using System.Numerics;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends.Cpu;

/// <summary>A weight in plain rows, after the rounding of its format.</summary>
internal sealed class ScalarWeight<T> : Weight
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public ScalarWeight(IMatrixSource source, WeightFormat format)
        : base(source.Name, source.Rows, source.Columns, format)
    {
        Data = new T[checked(source.Rows * source.Columns)];
        var row = new double[source.Columns];
        for (int i = 0; i < source.Rows; i++)
        {
            source.ReadRow(i, row);
            WeightRounding.Round(format, row);
            for (int j = 0; j < row.Length; j++)
            {
                Data[(i * row.Length) + j] = T.CreateTruncating(row[j]);
            }
        }
    }

    public T[] Data { get; private set; }

    public override long Bytes => (long)Data.Length * System.Runtime.CompilerServices.Unsafe.SizeOf<T>();

    public ReadOnlySpan<T> Row(int row) => Data.AsSpan(row * Columns, Columns);

    protected override void Dispose(bool disposing) => Data = [];
}
