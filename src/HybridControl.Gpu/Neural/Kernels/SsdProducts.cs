using System.Numerics;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary><c>C B'</c> of a chunk, once for all heads of a group; only what is not above the diagonal.</summary>
/// <remarks>Q^2 n multiply-adds for Q (2 n + Q) numbers moved.</remarks>
internal struct SsdCouplings<T> : IProduct<T, SsdCouplings<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public SsdArguments<T> A;
    private int _row;
    private int _count;
    private int _column;
    private long _to;

    public readonly int Rows => A.Chunk;

    public readonly int Columns => A.Chunk;

    public readonly int Terms => A.Size;

    public readonly SsdCouplings<T> Select(int product, int depthStep)
    {
        SsdCouplings<T> chosen = this;
        int part = product / A.Groups;
        int stream = part / A.Chunks;
        int first = (part - (stream * A.Chunks)) * A.Chunk;
        chosen._row = (stream * A.Length) + first;
        chosen._count = Math.Min(A.Chunk, A.Length - first);
        chosen._column = (product - (part * A.Groups)) * A.Size;
        chosen._to = (long)product * A.Chunk * A.Chunk;
        return chosen;
    }

    public readonly bool Skips(int firstRow, int firstColumn, int rows) => firstColumn >= firstRow + rows;

    public readonly bool LeftAlongTerms(int term) => true;

    public readonly bool RightAlongTerms(int term) => true;

    public readonly T Left(int row, int term) => row < _count && term < A.Size ? A.C[_row + row, _column + term] : T.Zero;

    public readonly T Right(int column, int term) => column < _count && term < A.Size ? A.B[_row + column, _column + term] : T.Zero;

    public readonly void Store(int row, int column, T sum)
    {
        if (row < A.Chunk && column < A.Chunk)
        {
            A.Couplings[_to + ((long)row * A.Chunk) + column] = sum;
        }
    }
}

/// <summary>What each chunk adds to the state of each head: the sum of <c>exp(l[Q] - l[j]) dt[j] x[j] B[j]'</c>.</summary>
/// <remarks>Q P n multiply-adds for Q (P + n) + P n numbers moved.</remarks>
internal struct SsdChunkStates<T, TNumbers> : IProduct<T, SsdChunkStates<T, TNumbers>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TNumbers : struct, IKernelNumbers<T>
{
    public SsdArguments<T> A;
    private int _row;
    private int _count;
    private int _head;
    private int _column;
    private long _to;

    public readonly int Rows => A.Width;

    public readonly int Columns => A.Size;

    public readonly int Terms => _count;

    public readonly SsdChunkStates<T, TNumbers> Select(int product, int depthStep)
    {
        SsdChunkStates<T, TNumbers> chosen = this;
        int part = product / A.Heads;
        int stream = part / A.Chunks;
        int first = (part - (stream * A.Chunks)) * A.Chunk;
        chosen._row = (stream * A.Length) + first;
        chosen._count = Math.Min(A.Chunk, A.Length - first);
        chosen._head = product - (part * A.Heads);
        chosen._column = chosen._head / (A.Heads / A.Groups) * A.Size;
        chosen._to = (long)product * A.Width * A.Size;
        return chosen;
    }

    public readonly bool Skips(int firstRow, int firstColumn, int rows) => false;

    public readonly bool LeftAlongTerms(int term) => false;

    public readonly bool RightAlongTerms(int term) => false;

    public readonly T Left(int row, int term)
    {
        T value = T.Zero;
        if (row < A.Width && term < _count)
        {
            long last = ((long)(_row + _count - 1) * A.Heads) + _head;
            long here = ((long)(_row + term) * A.Heads) + _head;
            T decay = TNumbers.Exp(TNumbers.Of(A.Exponents[last] - A.Exponents[here]));
            value = decay * A.Steps[here] * A.X[_row + term, (_head * A.Width) + row];
        }

        return value;
    }

    public readonly T Right(int column, int term) => column < A.Size && term < _count ? A.B[_row + term, _column + column] : T.Zero;

    public readonly void Store(int row, int column, T sum)
    {
        if (row < A.Width && column < A.Size)
        {
            A.States[_to + ((long)row * A.Size) + column] = sum;
        }
    }
}

/// <summary>
/// Outputs of each chunk and head: <c>exp(l[i]) S C[i]</c> from the state before the chunk, and the sum over j up to i of
/// <c>(C B')[i, j] exp(l[i] - l[j]) dt[j] x[j]</c>; the terms of both follow each other.
/// </summary>
/// <remarks>
/// Exponents enter as differences only, so that nothing overflows in a stable layer. Q P (n + Q) multiply-adds for
/// Q (n + Q + 2 P) + P n numbers moved. One part has all rows of the chunk, so that outputs may replace inputs.
/// </remarks>
internal struct SsdChunkOutputs<T, TNumbers> : IProduct<T, SsdChunkOutputs<T, TNumbers>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TNumbers : struct, IKernelNumbers<T>
{
    public SsdArguments<T> A;
    private int _row;
    private int _count;
    private int _head;
    private int _column;
    private int _padded;
    private long _state;
    private long _coupling;

    public readonly int Rows => A.Chunk;

    public readonly int Columns => A.Width;

    public readonly int Terms => _padded + _count;

    public readonly SsdChunkOutputs<T, TNumbers> Select(int product, int depthStep)
    {
        SsdChunkOutputs<T, TNumbers> chosen = this;
        int part = product / A.Heads;
        int stream = part / A.Chunks;
        int first = (part - (stream * A.Chunks)) * A.Chunk;
        chosen._row = (stream * A.Length) + first;
        chosen._count = Math.Min(A.Chunk, A.Length - first);
        chosen._head = product - (part * A.Heads);
        int group = chosen._head / (A.Heads / A.Groups);
        chosen._column = group * A.Size;
        chosen._padded = (A.Size + depthStep - 1) / depthStep * depthStep;
        chosen._state = (long)product * A.Width * A.Size;
        chosen._coupling = (long)((part * A.Groups) + group) * A.Chunk * A.Chunk;
        return chosen;
    }

    public readonly bool Skips(int firstRow, int firstColumn, int rows) => false;

    public readonly bool LeftAlongTerms(int term) => true;

    public readonly bool RightAlongTerms(int term) => term < _padded;

    public readonly T Left(int row, int term)
    {
        T value = T.Zero;
        int token = term - _padded;
        if (row < _count)
        {
            long here = ((long)(_row + row) * A.Heads) + _head;
            if (token < 0)
            {
                if (term < A.Size)
                {
                    value = A.C[_row + row, _column + term] * TNumbers.Exp(TNumbers.Of(A.Exponents[here]));
                }
            }
            else if (token <= row)
            {
                long then = ((long)(_row + token) * A.Heads) + _head;
                T decay = TNumbers.Exp(TNumbers.Of(A.Exponents[here] - A.Exponents[then]));
                value = A.Couplings[_coupling + ((long)row * A.Chunk) + token] * decay * A.Steps[then];
            }
        }

        return value;
    }

    public readonly T Right(int column, int term)
    {
        T value = T.Zero;
        int token = term - _padded;
        if (column < A.Width)
        {
            if (token < 0)
            {
                if (term < A.Size)
                {
                    value = A.States[_state + ((long)column * A.Size) + term];
                }
            }
            else if (token < _count)
            {
                value = A.X[_row + token, (_head * A.Width) + column];
            }
        }

        return value;
    }

    public readonly void Store(int row, int column, T sum)
    {
        if (row < _count && column < A.Width)
        {
            int channel = (_head * A.Width) + column;
            KernelMatrix<T> y = A.Y;
            y[_row + row, channel] = A.D.Exists == 0 ? sum : sum + (A.D[0, _head] * A.X[_row + row, channel]);
        }
    }
}
