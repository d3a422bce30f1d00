namespace HybridControl.Neural.Vision;

/// <summary>The size of images on their way through a stack. Rows are pixels, image after image, row after row; columns are channels.</summary>
/// <param name="Height">Rows of an image.</param>
/// <param name="Width">Columns of an image.</param>
/// <param name="Channels">Numbers of a pixel.</param>
internal readonly record struct ImageGrid(int Height, int Width, int Channels)
{
    /// <summary>Pixels of an image.</summary>
    public int Pixels => checked(Height * Width);

    /// <summary>Numbers of an image.</summary>
    public int Numbers => checked(Pixels * Channels);
}
