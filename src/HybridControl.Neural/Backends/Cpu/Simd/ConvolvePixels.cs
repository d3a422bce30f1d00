using System.Numerics;
using System.Runtime.CompilerServices;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Depthwise 3 x 3 convolution of images. A part is a row of an image.</summary>
internal unsafe struct ConvolvePixels<T> : IOperation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Taps = 9;

    public int Height;
    public int Width;
    public Block<T> X;
    public Block<T> Bias;
    public Block<T> Y;

    /// <summary>Weights by tap, 9 x channels.</summary>
    public T* Weights;

    public readonly void Run<V>(int part, int worker)
        where V : struct, IPack<V, T>
    {
        int i = part % Height;
        int* taps = stackalloc int[Taps];
        for (int j = 0; j < Width; j++)
        {
            int count = 0;
            for (int k = 0; k < Taps; k++)
            {
                (int row, int column) = (i + (k / 3) - 1, j + (k % 3) - 1);
                if (row >= 0 && row < Height && column >= 0 && column < Width)
                {
                    taps[count++] = k;
                }
            }

            Pixel<V>(((nint)part * Width) + j, taps, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Pixel<V>(nint pixel, int* taps, int count)
        where V : struct, IPack<V, T>
    {
        for (int c = 0; c < X.Columns; c += V.Width)
        {
            int left = Math.Min(V.Width, X.Columns - c);
            V sum = Bias.IsEmpty ? default : V.LoadPart(Bias.Start + c, left);
            for (int k = 0; k < count; k++)
            {
                int tap = taps[k];
                T* x = X.Row(pixel + (((tap / 3) - 1) * Width) + (tap % 3) - 1) + c;
                sum = V.MultiplyAdd(V.LoadPart(Weights + (tap * X.Columns) + c, left), V.LoadPart(x, left), sum);
            }

            sum.StorePart(Y.Row(pixel) + c, left);
        }
    }
}
