using System.Numerics;
using System.Runtime.CompilerServices;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Inputs times weights. A part is one panel of weights and some blocks of rows.</summary>
/// <remarks>
/// Blocking after Goto and van de Geijn, "Anatomy of high-performance matrix multiplication", ACM Trans. Math. Softw. 34 (2008):
/// a slice of the panel stays in a cache while all blocks of rows pass; the sums of a block stay in registers over the slice.
/// Sums are formed in one order whatever the parts and workers.
/// </remarks>
internal unsafe struct MatMul<T> : IOperation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Block<T> X;
    public PackedWeight<T> Weight;
    public Block<T> Bias;
    public T Factor;
    public T Keep;
    public Block<T> Y;

    /// <summary>How rows and inputs are cut.</summary>
    public RowBlocks Blocks;

    /// <summary>Inputs in the order of <see cref="RowBlocks"/>; null to read <see cref="X"/>, where there is one block.</summary>
    public T* Packed;

    /// <summary>Blocks of rows of a part.</summary>
    public int BlocksOfPart;

    /// <summary>Room for the sums of a block, for each worker.</summary>
    public Scratch<T> Tiles;

    public readonly void Run<V>(int part, int worker)
        where V : struct, IPack<V, T>
    {
        switch (Weight.Format)
        {
            case WeightFormat.BFloat16:
                Panel<V, BFloat16Entries<V, T>>(part, worker);
                break;
            case WeightFormat.Int8:
                Panel<V, Int8Entries<V, T>>(part, worker);
                break;
            default:
                Panel<V, NativeEntries<V, T>>(part, worker);
                break;
        }
    }

    private readonly void Panel<V, TEntries>(int part, int worker)
        where V : struct, IPack<V, T>
        where TEntries : struct, IEntries<V, T>
    {
        int panel = part % Weight.PanelCount;
        int firstBlock = part / Weight.PanelCount * BlocksOfPart;
        int endBlock = Math.Min(firstBlock + BlocksOfPart, Blocks.Count);
        int width = Weight.WidthOf(panel);
        T* tile = Tiles.Of(worker, RowBlocks.Greatest * Weight.PanelWidth);
        for (int k = 0; k < Blocks.Inputs; k += Blocks.Slice)
        {
            int count = Math.Min(Blocks.Slice, Blocks.Inputs - k);
            byte* weights = Weight.Panel(panel) + ((nint)k * width * TEntries.Size);
            for (int block = firstBlock; block < endBlock; block++)
            {
                int first = Blocks.FirstRow(block);
                int rows = Blocks.FirstRow(block + 1) - first;
                bool isPacked = Packed != null;
                T* x = isPacked ? Packed + ((nint)k * Blocks.Rows) + ((nint)first * count) : X.Row(first) + k;
                nint stride = isPacked ? count : X.Stride;
                for (int r = first; r < first + rows; r++)
                {
                    Prefetch.Near(Y.Row(r) + (panel * Weight.PanelWidth), width);
                }

                Tiles<V, T, TEntries>.Sum(rows, width / V.Width, x, stride, weights, count, tile);
                Finish<V>(panel, first, rows, width, isFirst: k == 0, tile);
            }
        }
    }

    /// <summary>Adds the sums of a slice to the outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Finish<V>(int panel, int firstRow, int rows, int width, bool isFirst, T* tile)
        where V : struct, IPack<V, T>
    {
        int firstColumn = panel * Weight.PanelWidth;
        V factor = V.All(Factor);
        V keep = V.All(Keep);
        bool isKept = Keep != T.Zero;
        for (int j = 0; j < width; j += V.Width)
        {
            int column = firstColumn + j;
            int count = Math.Min(V.Width, Y.Columns - column);
            V scale = Weight.Format == WeightFormat.Int8 ? factor * V.Load(Weight.Scales.Start + column) : factor;
            V offset = Bias.IsEmpty || !isFirst ? default : factor * LoadOf(Bias.Start + column, count);
            for (int r = 0; r < rows; r++)
            {
                T* y = Y.Row(firstRow + r) + column;
                V value = V.MultiplyAdd(V.Load(tile + (r * width) + j), scale, offset);
                if (!isFirst)
                {
                    value += LoadOf(y, count);
                }
                else if (isKept)
                {
                    value = V.MultiplyAdd(keep, LoadOf(y, count), value);
                }

                if (count == V.Width)
                {
                    value.Store(y);
                }
                else
                {
                    value.StorePart(y, count);
                }
            }
        }

        static V LoadOf(T* source, int count) => count == V.Width ? V.Load(source) : V.LoadPart(source, count);
    }
}
