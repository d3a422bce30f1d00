using System.Numerics;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Reads a weight into its panels. A part is a panel.</summary>
internal unsafe struct LoadRows<T> : IOperation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public IMatrixSource Source;
    public PackedWeight<T> Weight;
    public Scratch<double> Rows;

    public readonly void Run<V>(int part, int worker)
        where V : struct, IPack<V, T>
    {
        int first = part * Weight.PanelWidth;
        int count = Math.Min(Weight.PanelWidth, Weight.Rows - first);
        var rows = new Span<double>(Rows.Of(worker, count * Weight.Columns), count * Weight.Columns);
        for (int r = 0; r < count; r++)
        {
            Source.ReadRow(first + r, rows.Slice(r * Weight.Columns, Weight.Columns));
        }

        Weight.WritePanel(part, rows);
    }
}
