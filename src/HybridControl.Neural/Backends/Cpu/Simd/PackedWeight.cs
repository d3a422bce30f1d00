using System.Numerics;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>A weight in panels: some outputs side by side, input after input, so that a product reads memory in one go.</summary>
/// <remarks>Entry (output o, input k) of a panel that begins at output p and is w wide stands at <c>k w + o - p</c>. The last panel is as wide as its outputs need, filled up with zeros to whole packs.</remarks>
internal sealed unsafe class PackedWeight<T> : Weight
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
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

    /// <summary>Packs one output.</summary>
    /// <param name="row">Which.</param>
    /// <param name="entries">Its entries; rounded on return.</param>
    public void WriteRow(int row, Span<double> entries)
    {
        int panel = row / PanelWidth;
        int width = WidthOf(panel);
        int column = row % PanelWidth;
        byte* start = Panel(panel);
        float scale = 0.0f;
        if (Format == WeightFormat.Int8)
        {
            scale = WeightRounding.Int8Scale(entries);
            Scales.Start[row] = T.CreateTruncating(scale);
        }

        for (int k = 0; k < entries.Length; k++)
        {
            nint at = ((nint)k * width) + column;
            switch (Format)
            {
                case WeightFormat.BFloat16:
                    ((ushort*)start)[at] = (ushort)(BitConverter.SingleToUInt32Bits(WeightRounding.BFloat16Of((float)entries[k])) >> 16);
                    break;
                case WeightFormat.Int8:
                    ((sbyte*)start)[at] = WeightRounding.Int8Of(entries[k], scale);
                    break;
                default:
                    ((T*)start)[at] = T.CreateTruncating(entries[k]);
                    break;
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => (_panels, Scales) = ([], default);
}
