using System.Numerics;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>A weight in panels: some outputs side by side, input after input, so that a product reads memory in one go.</summary>
/// <remarks>Entry (output o, input k) of a panel that begins at output p and is w wide stands at <c>k w + o - p</c>. The last panel is as wide as its outputs need, filled up with zeros to whole packs.</remarks>
internal sealed unsafe class PackedWeight<T> : Weight
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int InputsAtOnce = 16;

    private readonly Panels _shape;
    private AlignedArray<byte>[] _panels;

    /// <summary>Makes room.</summary>
    /// <param name="source">What will be packed.</param>
    /// <param name="format">How entries are kept.</param>
    /// <param name="packWidth">Numbers of a pack.</param>
    /// <param name="panelPacks">Packs of a panel.</param>
    public PackedWeight(IMatrixSource source, WeightFormat format, int packWidth, int panelPacks)
        : base(source.Name, source.Rows, source.Columns, format)
    {
        _shape = new Panels(source.Rows, packWidth, panelPacks);
        EntrySize = format switch
        {
            WeightFormat.BFloat16 => sizeof(ushort),
            WeightFormat.Int8 => sizeof(sbyte),
            _ => sizeof(T),
        };
        _panels = new AlignedArray<byte>[_shape.Count];
        for (int p = 0; p < _panels.Length; p++)
        {
            _panels[p] = new AlignedArray<byte>(checked(WidthOf(p) * Columns * EntrySize));
        }

        Scales = new AlignedArray<T>(format == WeightFormat.Int8 ? _panels.Length * PanelWidth : 0);
    }

    /// <summary>Outputs of a panel.</summary>
    public int PanelWidth => _shape.Width;

    /// <summary>Bytes of an entry.</summary>
    public int EntrySize { get; }

    /// <summary>How many panels.</summary>
    public int PanelCount => _panels.Length;

    /// <summary>Units of the outputs' eight-bit entries, zeros for those that fill the last panel up.</summary>
    public AlignedArray<T> Scales { get; private set; }

    /// <inheritdoc/>
    public override long Bytes => _panels.Sum(panel => (long)panel.Numbers.Length) + ((long)Scales.Numbers.Length * sizeof(T));

    /// <summary>The first entry of a panel.</summary>
    public byte* Panel(int panel) => _panels[panel].Start;

    /// <summary>Outputs of a panel, those of zeros that fill the last one up included.</summary>
    public int WidthOf(int panel) => _shape.WidthOf(panel);

    /// <summary>Reads one output, as the format has rounded it.</summary>
    public void ReadRow(int row, T factor, T* target)
    {
        int panel = row / PanelWidth;
        int width = WidthOf(panel);
        int column = row % PanelWidth;
        byte* start = Panel(panel);
        T scale = Format == WeightFormat.Int8 ? factor * Scales.Start[row] : factor;
        for (nint k = 0; k < Columns; k++)
        {
            nint at = (k * width) + column;
            target[k] = scale * Format switch
            {
                WeightFormat.BFloat16 => T.CreateTruncating(BitConverter.UInt32BitsToSingle((uint)((ushort*)start)[at] << 16)),
                WeightFormat.Int8 => T.CreateTruncating(((sbyte*)start)[at]),
                _ => ((T*)start)[at],
            };
        }
    }

    /// <summary>Packs the outputs of a panel.</summary>
    /// <param name="panel">Which.</param>
    /// <param name="entries">Their entries, output after output.</param>
    public void WritePanel(int panel, ReadOnlySpan<double> entries)
    {
        int first = panel * PanelWidth;
        int width = WidthOf(panel);
        byte* start = Panel(panel);
        for (int column = 0; column < entries.Length / Columns && Format == WeightFormat.Int8; column++)
        {
            Scales.Start[first + column] = T.CreateTruncating(WeightRounding.Int8Scale(entries.Slice(column * Columns, Columns)));
        }

        // A few inputs of all outputs at a time: what is written then stays in the first cache.
        for (int k = 0; k < Columns; k += InputsAtOnce)
        {
            int end = Math.Min(k + InputsAtOnce, Columns);
            for (int column = 0; column < entries.Length / Columns; column++)
            {
                ReadOnlySpan<double> row = entries.Slice(column * Columns, Columns)[k..end];
                nint at = ((nint)k * width) + column;
                switch (Format)
                {
                    case WeightFormat.BFloat16:
                        WriteBFloat16(row, (ushort*)start + at, width);
                        break;
                    case WeightFormat.Int8:
                        WriteInt8(row, float.CreateTruncating(Scales.Start[first + column]), (sbyte*)start + at, width);
                        break;
                    default:
                        WriteNative(row, (T*)start + at, width);
                        break;
                }
            }
        }
    }

    private static void WriteNative(ReadOnlySpan<double> entries, T* target, int stride)
    {
        foreach (double entry in entries)
        {
            *target = T.CreateTruncating(entry);
            target += stride;
        }
    }

    private static void WriteBFloat16(ReadOnlySpan<double> entries, ushort* target, int stride)
    {
        foreach (double entry in entries)
        {
            *target = (ushort)(BitConverter.SingleToUInt32Bits(WeightRounding.BFloat16Of((float)entry)) >> 16);
            target += stride;
        }
    }

    private static void WriteInt8(ReadOnlySpan<double> entries, float scale, sbyte* target, int stride)
    {
        foreach (double entry in entries)
        {
            *target = WeightRounding.Int8Of(entry, scale);
            target += stride;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => (_panels, Scales) = ([], default);
}
