using System.Numerics;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Stacks;

/// <summary>A matrix that takes note when a row is read in which a number is not finite.</summary>
internal sealed class FiniteMatrix(IMatrixSource source) : IMatrixSource
{
    private int _badRow = int.MaxValue;

    public string Name => source.Name;

    public int Rows => source.Rows;

    public int Columns => source.Columns;

    /// <summary>The first row that was read and is not finite; null while there is none.</summary>
    public int? BadRow => _badRow == int.MaxValue ? null : _badRow;

    public void ReadRow(int row, Span<float> target)
    {
        source.ReadRow(row, target);
        if (!IsFinite(target))
        {
            Note(row);
        }
    }

    public void ReadRow(int row, Span<double> target)
    {
        source.ReadRow(row, target);
        if (!IsFinite(target))
        {
            Note(row);
        }
    }

    private void Note(int row)
    {
        int known = Volatile.Read(ref _badRow);
        while (row < known)
        {
            int seen = Interlocked.CompareExchange(ref _badRow, row, known);
            if (seen == known)
            {
                return;
            }

            known = seen;
        }
    }

    /// <summary>Zero times a number is zero exactly for finite ones, and a sum of such products shows the others.</summary>
    private static bool IsFinite<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> sum = Vector<T>.Zero;
        int i = 0;
        for (; i <= values.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            sum += new Vector<T>(values[i..]) * Vector<T>.Zero;
        }

        T rest = Vector.Sum(sum);
        for (; i < values.Length; i++)
        {
            rest += values[i] * T.Zero;
        }

        return rest == T.Zero;
    }
}
