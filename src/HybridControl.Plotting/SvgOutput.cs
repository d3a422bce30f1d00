using System.Text;
using HybridControl.Diagnostics;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Turns a plot model into SVG text and into a file.</summary>
internal static class SvgOutput
{
    public static string Render(PlotModel model, double width, double height)
    {
        var exporter = new SvgExporter { Width = width, Height = height, UseVerticalTextAlignmentWorkaround = true };
        return exporter.ExportToString(model);
    }

    /// <exception cref="ModelException">The extension is not .svg, or the file cannot be written.</exception>
    public static void Save(string path, Func<string> render)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string extension = Path.GetExtension(path);
        if (!extension.Equals(".svg", StringComparison.OrdinalIgnoreCase))
        {
            string what = extension.Length == 0 ? "the file name has no extension" : $"plots are not written as '{extension}'";
            throw new ModelException(
                path, what, $"Save '{Path.ChangeExtension(path, ".svg")}' and convert it with a tool of your choice.");
        }

        string svg = render();
        try
        {
            File.WriteAllText(path, svg, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
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

    /// <exception cref="ArgumentOutOfRangeException">A side is too small for axes, or absurdly large.</exception>
    public static void CheckSize(double width, double height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 200);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 150);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, 20_000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, 20_000);
    }
}
