using System.Text;
using HybridControl.Diagnostics;

namespace HybridControl.Plotting;

/// <summary>Writes a picture to a file in the format that its extension names.</summary>
internal static class PictureFile
{
    /// <summary>One pixel of a PNG for each unit of the picture.</summary>
    public const double UsualDpi = 96.0;

    /// <exception cref="ModelException">The extension is unknown, the file cannot be written, or there is no font.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The resolution is out of range.</exception>
    public static void Save(string path, Func<Picture> draw, double dpi)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!(dpi >= 24.0 && dpi <= 1200.0))
        {
            throw new ArgumentOutOfRangeException(nameof(dpi), dpi, "A picture has 24 to 1200 dots per inch.");
        }

        byte[] bytes = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".svg" => new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(SvgOutput.Render(draw())),
            ".png" => SkiaOutput.Png(path, draw, dpi),
            ".pdf" => SkiaOutput.Pdf(path, draw),
            "" => throw Unknown(path, "the file name has no extension"),
            string other => throw Unknown(path, $"plots are not written as '{other}'"),
        };
        Write(path, bytes);
    }

    private static ModelException Unknown(string path, string what) =>
        new(path, what, $"Save '{Path.ChangeExtension(path, ".svg")}', or end it in .png or .pdf.");

    private static void Write(string path, byte[] bytes)
    {
        try
        {
            File.WriteAllBytes(path, bytes);
        }
        catch (DirectoryNotFoundException)
        {
            throw new ModelException(path, "the folder does not exist", "Create it, or save elsewhere.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ModelException(path, $"the plot cannot be written: {error.Message}", "Choose a file that can be written.");
        }
    }
}
