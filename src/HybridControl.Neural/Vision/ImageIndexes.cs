using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.Vision;

/// <summary>Rearrangements of the numbers of an image as lists of where each comes from; -1 for a zero. Equal ones are held once.</summary>
internal static class ImageIndexes
{
    /// <summary>For each place of a square kernel the numbers under it: channel after channel, row after row.</summary>
    /// <param name="context">Holds the list.</param>
    /// <param name="grid">The images.</param>
    /// <param name="kernel">Its side, stride and zeros beyond the edges.</param>
    /// <param name="channelsFirst">Whether images are channel after channel, as files have them, and not pixel after pixel.</param>
    /// <exception cref="ModelException">There are too many.</exception>
    public static IndexBuffer Patches(LayerContext context, ImageGrid grid, ConvolutionKernel kernel, bool channelsFirst)
    {
        ImageGrid places = kernel.PlacesIn(grid);
        long count = (long)places.Pixels * kernel.Side * kernel.Side * grid.Channels;
        if (count > Array.MaxLength)
        {
            throw new ModelException(context.Place, $"a convolution of images of {grid.Height} x {grid.Width} reads {count} numbers; at most {Array.MaxLength} can be listed", "Use smaller images.");
        }

        return context.Once($"patches of {grid}, {kernel}, {channelsFirst}", () =>
        {
            var indexes = new int[count];
            int at = 0;
            for (int place = 0; place < places.Pixels; place++)
            {
                int top = (place / places.Width * kernel.Stride) - kernel.Padding;
                int left = (place % places.Width * kernel.Stride) - kernel.Padding;
                for (int c = 0; c < grid.Channels; c++)
                {
                    for (int k = 0; k < kernel.Side * kernel.Side; k++)
                    {
                        indexes[at++] = IndexOf(grid, top + (k / kernel.Side), left + (k % kernel.Side), c, channelsFirst);
                    }
                }
            }

            return context.Parameters.Indexes(indexes);
        });
    }

    /// <summary>Pixels window after window; windows that reach beyond the image are filled with zeros.</summary>
    public static IndexBuffer Windows(LayerContext context, ImageGrid grid, int side) => context.Once($"windows of {grid}, {side}", () =>
    {
        int across = WindowsAlong(grid.Width, side);
        return List(context, across * WindowsAlong(grid.Height, side) * side * side, grid.Channels, (pixel, c) =>
        {
            (int window, int within) = (pixel / (side * side), pixel % (side * side));
            return IndexOf(grid, (window / across * side) + (within / side), (window % across * side) + (within % side), c, false);
        });
    });

    /// <summary>The way back from windows.</summary>
    public static IndexBuffer FromWindows(LayerContext context, ImageGrid grid, int side) => context.Once($"from windows of {grid}, {side}", () =>
    {
        int across = WindowsAlong(grid.Width, side);
        return List(context, grid.Pixels, grid.Channels, (pixel, c) =>
        {
            (int i, int j) = (pixel / grid.Width, pixel % grid.Width);
            int window = (i / side * across) + (j / side);
            return (((window * side * side) + (i % side * side) + (j % side)) * grid.Channels) + c;
        });
    });

    /// <summary>Windows along one side of an image.</summary>
    public static int WindowsAlong(int extent, int side) => (extent + side - 1) / side;

    /// <summary>Some channels as one plane after the other.</summary>
    public static IndexBuffer Planes(LayerContext context, ImageGrid grid, int first, int count) => context.Once(
        $"planes of {grid}, {first}, {count}",
        () => List(context, count, grid.Pixels, (plane, pixel) => (pixel * grid.Channels) + first + plane));

    /// <summary>From planes to every second channel; zeros in the channels between.</summary>
    public static IndexBuffer OddChannels(LayerContext context, ImageGrid grid) => context.Once(
        $"odd channels of {grid}",
        () => List(context, grid.Pixels, grid.Channels, (pixel, c) => c % 2 == 0 ? -1 : (c / 2 * grid.Pixels) + pixel));

    /// <summary>From the channels of one pixel to every second one; zeros in the channels between.</summary>
    public static IndexBuffer EvenChannels(LayerContext context, int channels) => context.Once(
        $"even channels of {channels}",
        () => List(context, 1, channels, (_, c) => c % 2 == 0 ? c / 2 : -1));

    /// <summary>A matrix row after row as it is column after column.</summary>
    public static IndexBuffer Transposed(LayerContext context, int rows, int columns) => context.Once(
        $"transposed {rows} x {columns}",
        () => List(context, columns, rows, (j, i) => (i * columns) + j));

    private static IndexBuffer List(LayerContext context, int outer, int inner, Func<int, int, int> index)
    {
        var indexes = new int[checked(outer * inner)];
        for (int i = 0; i < indexes.Length; i++)
        {
            indexes[i] = index(i / inner, i % inner);
        }

        return context.Parameters.Indexes(indexes);
    }

    private static int IndexOf(ImageGrid grid, int row, int column, int channel, bool channelsFirst) =>
        row < 0 || row >= grid.Height || column < 0 || column >= grid.Width
            ? -1
            : channelsFirst
                ? (((channel * grid.Height) + row) * grid.Width) + column
                : (((row * grid.Width) + column) * grid.Channels) + channel;
}
