using System.Numerics;
using ILGPU;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>Operands of a complex diagonal recurrence, over whole sequences or over segments of them.</summary>
internal struct DiagonalScanArguments<T>
    where T : unmanaged
{
    public KernelMatrix<T> Lambda;
    public KernelMatrix<T> U;
    public KernelMatrix<T> Start;
    public KernelMatrix<T> End;
    public KernelMatrix<T> Y;
    public int Backwards;
    public int Length;
    public int Segments;
    public int SegmentLength;
}

/// <summary>Complex diagonal recurrences.</summary>
internal static class DiagonalScanKernels
{
    /// <summary>A thread for each state of each segment of each stream: two numbers in, two out for a token, neighbouring threads neighbouring states.</summary>
    public static void Run<T>(Index1D i, DiagonalScanArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int states = a.Lambda.Columns;
        int part = i / states;
        int p = i - (part * states);
        int stream = part / a.Segments;
        int first = (part - (stream * a.Segments)) * a.SegmentLength;
        int end = Math.Min(first + a.SegmentLength, a.Length);
        T lr = a.Lambda[0, p];
        T li = a.Lambda[1, p];
        T re = a.Start.Exists == 0 ? T.Zero : a.Start[part, p];
        T im = a.Start.Exists == 0 ? T.Zero : a.Start[part, states + p];
        for (int k = first; k < end; k++)
        {
            int row = (stream * a.Length) + (a.Backwards == 0 ? k : a.Length - 1 - k);
            T next = (lr * re) - (li * im) + a.U[row, p];
            im = (lr * im) + (li * re) + a.U[row, states + p];
            re = next;
            if (a.Y.Exists != 0)
            {
                a.Y[row, p] = re;
                a.Y[row, states + p] = im;
            }
        }

        if (a.End.Exists != 0)
        {
            a.End[part, p] = re;
            a.End[part, states + p] = im;
        }
    }

    /// <summary>Carries states over segments; what a segment adds (in Y) is replaced by the state before it.</summary>
    public static void Carry<T>(Index1D i, DiagonalScanArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int states = a.Lambda.Columns;
        int stream = i / states;
        int p = i - (stream * states);
        T re = a.Start.Exists == 0 ? T.Zero : a.Start[stream, p];
        T im = a.Start.Exists == 0 ? T.Zero : a.Start[stream, states + p];
        for (int segment = 0; segment < a.Segments; segment++)
        {
            int part = (stream * a.Segments) + segment;
            T addedRe = a.Y[part, p];
            T addedIm = a.Y[part, states + p];
            a.Y[part, p] = re;
            a.Y[part, states + p] = im;
            T baseRe = a.Lambda[0, p];
            T baseIm = a.Lambda[1, p];
            int tokens = Math.Min(a.SegmentLength, a.Length - (segment * a.SegmentLength));
            while (tokens > 0)
            {
                if ((tokens & 1) != 0)
                {
                    T turned = (baseRe * re) - (baseIm * im);
                    im = (baseRe * im) + (baseIm * re);
                    re = turned;
                }

                T square = (baseRe * baseRe) - (baseIm * baseIm);
                baseIm = (baseRe * baseIm) + (baseIm * baseRe);
                baseRe = square;
                tokens >>= 1;
            }

            re += addedRe;
            im += addedIm;
        }

        if (a.End.Exists != 0)
        {
            a.End[stream, p] = re;
            a.End[stream, states + p] = im;
        }
    }
}
