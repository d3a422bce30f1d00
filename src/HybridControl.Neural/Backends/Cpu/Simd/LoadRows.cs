using System.Numerics;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Reads a weight into its panels. A part is a panel.</summary>
internal struct LoadRows<T> : IOperation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public IMatrixSource Source;
    public PackedWeight<T> Weight;

    public readonly void Run<V>(int part, int worker)
        where V : struct, IPack<V, T>
    {
        var row = new double[Source.Columns];
        int end = Math.Min((part + 1) * Weight.PanelWidth, Weight.Rows);
        for (int r = part * Weight.PanelWidth; r < end; r++)
        {
            Source.ReadRow(r, row);
            Weight.WriteRow(r, row);
        }
    }
}
