namespace HybridControl.Neural.Vision;

/// <summary>How a square kernel moves over an image.</summary>
/// <param name="Side">Its side.</param>
/// <param name="Stride">Pixels from one place to the next.</param>
/// <param name="Padding">Zeros beyond each edge.</param>
internal readonly record struct ConvolutionKernel(int Side, int Stride, int Padding)
{
    /// <summary>The usual kernel that keeps or halves the size of an image.</summary>
    public static ConvolutionKernel Three(int stride = 1) => new(3, stride, 1);

    /// <summary>The places that it takes in an image, with the channels of that image.</summary>
    public ImageGrid PlacesIn(ImageGrid grid) => grid with { Height = Places(grid.Height), Width = Places(grid.Width) };

    private int Places(int extent) => ((extent + (2 * Padding) - Side) / Stride) + 1;
}
