using System.Numerics;
using ILGPU;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>Operands of convolutions.</summary>
internal struct ConvolutionArguments<T>
    where T : unmanaged
{
    public KernelMatrix<T> X;
    public KernelMatrix<T> Weight;
    public KernelMatrix<T> Bias;
    public KernelMatrix<T> State;
    public KernelMatrix<T> Y;
    public int Activation;
    public int Length;
    public int Ahead;

    /// <summary>Blocks of <see cref="ConvolutionKernels.Steps"/> tokens in a sequence.</summary>
    public int Blocks;

    public int Height;
    public int Width;
}

/// <summary>Depthwise convolutions with their activation.</summary>
internal static class ConvolutionKernels
{
    /// <summary>Tokens of a thread.</summary>
    public const int Steps = 16;

    /// <summary>Taps that fit into registers.</summary>
    public const int NarrowTaps = 4;

    /// <summary>Up to four taps: a thread for a channel of a block of tokens slides them along.</summary>
    /// <remarks>
    /// x is read 1 + 3/16 times and y is written once: about 9 bytes for an entry in single precision. A sequence of one block moves
    /// its state on in the same launch: a step of decoding is one launch.
    /// </remarks>
    public static void Narrow<T, TNumbers>(Index1D i, ConvolutionArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
    {
        int part = i / a.X.Columns;
        int channel = i - (part * a.X.Columns);
        int stream = part / a.Blocks;
        int first = (part - (stream * a.Blocks)) * Steps;
        int end = Math.Min(first + Steps, a.Length);
        T bias = a.Bias.Exists == 0 ? T.Zero : a.Bias[0, channel];
        T w0 = Tap(a, channel, 3);
        T w1 = Tap(a, channel, 2);
        T w2 = Tap(a, channel, 1);
        T w3 = Tap(a, channel, 0);
        T x0 = Sample(a, stream, channel, first + a.Ahead - 3);
        T x1 = Sample(a, stream, channel, first + a.Ahead - 2);
        T x2 = Sample(a, stream, channel, first + a.Ahead - 1);
        for (int t = first; t < end; t += 4)
        {
            // Read together, so that four reads are under way.
            T x3 = Sample(a, stream, channel, t + a.Ahead);
            T x4 = Sample(a, stream, channel, t + a.Ahead + 1);
            T x5 = Sample(a, stream, channel, t + a.Ahead + 2);
            T x6 = Sample(a, stream, channel, t + a.Ahead + 3);
            Write<T, TNumbers>(a, stream, channel, t, end, bias + (w0 * x0) + (w1 * x1) + (w2 * x2) + (w3 * x3));
            Write<T, TNumbers>(a, stream, channel, t + 1, end, bias + (w0 * x1) + (w1 * x2) + (w2 * x3) + (w3 * x4));
            Write<T, TNumbers>(a, stream, channel, t + 2, end, bias + (w0 * x2) + (w1 * x3) + (w2 * x4) + (w3 * x5));
            Write<T, TNumbers>(a, stream, channel, t + 3, end, bias + (w0 * x3) + (w1 * x4) + (w2 * x5) + (w3 * x6));
            (x0, x1, x2) = (x4, x5, x6);
        }

        if (a.Blocks == 1)
        {
            MoveState(a, stream, channel);
        }
    }

    /// <summary>Any number of taps.</summary>
    public static void Wide<T, TNumbers>(Index1D i, ConvolutionArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
    {
        int part = i / a.X.Columns;
        int channel = i - (part * a.X.Columns);
        int stream = part / a.Blocks;
        int first = (part - (stream * a.Blocks)) * Steps;
        int end = Math.Min(first + Steps, a.Length);
        T bias = a.Bias.Exists == 0 ? T.Zero : a.Bias[0, channel];
        for (int t = first; t < end; t++)
        {
            T sum = bias;
            for (int back = 0; back < a.Weight.Columns; back++)
            {
                sum += Tap(a, channel, back) * Sample(a, stream, channel, t + a.Ahead - back);
            }

            Write<T, TNumbers>(a, stream, channel, t, end, sum);
        }

        if (a.Blocks == 1)
        {
            MoveState(a, stream, channel);
        }
    }

    /// <summary>Keeps the last inputs of each channel: after a sequence of more blocks than one.</summary>
    public static void KeepState<T>(Index1D i, ConvolutionArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int stream = i / a.X.Columns;
        MoveState(a, stream, i - (stream * a.X.Columns));
    }

    /// <summary>3 x 3 over images, a thread for a channel of a pixel.</summary>
    public static void Images<T>(Index1D i, ConvolutionArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int row = i / a.X.Columns;
        int channel = i - (row * a.X.Columns);
        int pixel = row % (a.Height * a.Width);
        int up = pixel / a.Width;
        int along = pixel - (up * a.Width);
        T sum = a.Bias.Exists == 0 ? T.Zero : a.Bias[0, channel];
        for (int di = -1; di <= 1; di++)
        {
            for (int dj = -1; dj <= 1; dj++)
            {
                if (up + di >= 0 && up + di < a.Height && along + dj >= 0 && along + dj < a.Width)
                {
                    sum += a.Weight[channel, ((di + 1) * 3) + dj + 1] * a.X[row + (di * a.Width) + dj, channel];
                }
            }
        }

        a.Y[row, channel] = sum;
    }

    private static void Write<T, TNumbers>(ConvolutionArguments<T> a, int stream, int channel, int t, int end, T sum)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
    {
        if (t < end)
        {
            a.Y[(stream * a.Length) + t, channel] = KernelActivations.Of<T, TNumbers>(a.Activation, sum);
        }
    }

    private static T Tap<T>(ConvolutionArguments<T> a, int channel, int back)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        back < a.Weight.Columns ? a.Weight[channel, a.Weight.Columns - 1 - back] : T.Zero;

    private static T Sample<T>(ConvolutionArguments<T> a, int stream, int channel, int t)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int taps = a.Weight.Columns;
        T value = T.Zero;
        if (t >= 0)
        {
            if (t < a.Length)
            {
                value = a.X[(stream * a.Length) + t, channel];
            }
        }
        else if (a.State.Exists != 0 && t + taps >= 0)
        {
            value = a.State[stream, (channel * taps) + taps + t];
        }

        return value;
    }

    // From the oldest on: each place is read before it is written.
    private static void MoveState<T>(ConvolutionArguments<T> a, int stream, int channel)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int taps = a.Weight.Columns;
        for (int j = 0; j < taps && a.State.Exists != 0; j++)
        {
            a.State[stream, (channel * taps) + j] = Sample(a, stream, channel, a.Length - taps + j);
        }
    }
}
