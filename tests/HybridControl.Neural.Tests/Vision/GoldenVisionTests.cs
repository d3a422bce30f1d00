using HybridControl.Neural.Backends;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.HuggingFace;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Neural.Vision;

namespace HybridControl.Neural.Tests.Vision;

/// <summary>Every model of images of the reference data on every back-end of the processor.</summary>
public class GoldenVisionTests
{
    private const double Tolerance = 2e-4;
    private const string Stage = "stage.";

    public static IEnumerable<string> Names => GoldenCase.All(
        golden => golden.Has("pixel_values")
            && HuggingFaceVision.ModelTypes.Contains(golden.Config.GetProperty("model_type").GetString(), StringComparer.OrdinalIgnoreCase));

    public static IEnumerable<object[]> Cases =>
        from name in Names
        from backend in CpuBackends.Names
        select new object[] { name, backend };

    [TestCaseSource(nameof(Cases))]
    public void Images_give_the_golden_stages_and_logits(string name, string backend)
    {
        var golden = new GoldenCase(name);
        using ITensorBackend made = CpuBackends.New(backend);
        using VisionStack stack = HuggingFaceVision.Load(golden.Folder, made);
        int images = golden.ShapeOf("pixel_values")[0];
        var trace = new HiddenTrace(what => what.EndsWith(".output", StringComparison.Ordinal));
        var logits = new double[images * stack.Outputs];
        stack.Run(golden.Read("pixel_values"), images, logits, trace);
        foreach (string stage in golden.Tensors.Where(tensor => tensor.StartsWith(Stage, StringComparison.Ordinal)))
        {
            double[] seen = trace.Seen[$"{LayerOf(stack, stage[Stage.Length..])}.output"].Single();
            Nearness.Check(seen, PixelRows(golden.Read(stage), golden.ShapeOf(stage)), Tolerance, stage);
        }

        Nearness.Check(logits, golden.Read("logits"), Tolerance, "logits");
    }

    [TestCaseSource(nameof(Names))]
    public void Images_apart_give_what_they_give_together(string name)
    {
        var golden = new GoldenCase(name);
        using var backend = new ScalarBackend<float>();
        using VisionStack stack = HuggingFaceVision.Load(golden.Folder, backend);
        float[] pixels = [.. golden.Read("pixel_values").Select(pixel => (float)pixel)];
        int images = golden.ShapeOf("pixel_values")[0];
        var together = new float[images * stack.Outputs];
        var apart = new float[images * stack.Outputs];
        stack.Run(pixels, images, together);
        int each = pixels.Length / images;
        for (int i = 0; i < images; i++)
        {
            stack.Run(pixels.AsSpan(i * each, each), 1, apart.AsSpan(i * stack.Outputs, stack.Outputs));
        }

        Assert.That(apart, Is.EqualTo(together));
    }

    /// <summary>MambaVision tells stages after the image was halved, Heracles before the norm.</summary>
    private static string LayerOf(VisionStack stack, string stage) => stack.Description is HeraclesDescription
        ? $"block{int.Parse(stage, System.Globalization.CultureInfo.InvariantCulture) + 1}"
        : stack.Layers.Last(layer => layer.StartsWith(stage == "patch_embed" ? "patch_embed." : $"levels.{stage}.", StringComparison.Ordinal));

    /// <summary>From [image, channel, row, column] to a row of channels for each pixel.</summary>
    private static double[] PixelRows(double[] values, int[] shape)
    {
        if (shape.Length == 3)
        {
            return values;
        }

        (int channels, int pixels) = (shape[1], shape[2] * shape[3]);
        var rows = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            (int image, int c, int pixel) = (i / (channels * pixels), i / pixels % channels, i % pixels);
            rows[(((image * pixels) + pixel) * channels) + c] = values[i];
        }

        return rows;
    }
}
