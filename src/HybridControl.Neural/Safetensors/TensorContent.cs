using System.Buffers;
using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Safetensors;

/// <summary>A tensor to be written.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Format of its numbers.</param>
/// <param name="Shape">Extents, the last one innermost.</param>
/// <param name="Length">Bytes of its numbers.</param>
/// <param name="Write">Writes exactly these.</param>
internal sealed record TensorContent(string Name, TensorType Type, ImmutableArray<long> Shape, long Length, Action<Stream> Write)
{
    private const int BlockLength = 1 << 14;

    /// <summary>Writes numbers to a stream, a block at a time.</summary>
    public static void Stream<T>(TensorType type, ReadOnlySpan<T> values, Stream stream)
        where T : unmanaged, INumberBase<T>
    {
        int size = TensorTypes.SizeOf(type);
        byte[] block = ArrayPool<byte>.Shared.Rent(Math.Min(BlockLength, values.Length) * size);
        while (!values.IsEmpty)
        {
            int count = Math.Min(BlockLength, values.Length);
            Span<byte> bytes = block.AsSpan(0, count * size);
            TensorNumbers.Write(type, values[..count], bytes);
            stream.Write(bytes);
            values = values[count..];
        }

        ArrayPool<byte>.Shared.Return(block);
    }

    /// <summary>Writes a matrix to a stream, a row at a time. Rows are read as doubles unless F32 is asked for, so that they are rounded once.</summary>
    public static void Stream(TensorType type, IMatrixSource matrix, Stream stream)
    {
        if (type == TensorType.F32)
        {
            var row = new float[matrix.Columns];
            for (int i = 0; i < matrix.Rows; i++)
            {
                matrix.ReadRow(i, row.AsSpan());
                Stream<float>(type, row, stream);
            }
        }
        else
        {
            var row = new double[matrix.Columns];
            for (int i = 0; i < matrix.Rows; i++)
            {
                matrix.ReadRow(i, row.AsSpan());
                Stream<double>(type, row, stream);
            }
        }
    }
}
