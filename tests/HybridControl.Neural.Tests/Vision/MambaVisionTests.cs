using HybridControl.Diagnostics;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Neural.Vision;

namespace HybridControl.Neural.Tests.Vision;

public class MambaVisionTests
{
    /// <summary>Grids of the stages are 9, 5, 3 and 2 pixels wide; windows of 2 and 3 reach beyond the edge.</summary>
    private static readonly MambaVisionDescription Small = new()
    {
        ImageSize = 35,
        Classes = 5,
        Width = 4,
        StemWidth = 3,
        Depths = [1, 1, 3, 2],
        Heads = [1, 1, 2, 4],
        Windows = [1, 1, 2, 3],
        HiddenRatio = 1.5,
        Scaled = true,
        ScaledConvolutions = true,
    };

    [Test]
    public void Blocks_that_add_nothing_leave_images_as_they_are_through_windows_that_reach_beyond_the_edge()
    {
        ListedParameters parameters = WithScales(0.0);
        HiddenTrace trace = Run(Small, parameters);
        Assert.That(trace.Seen["levels.2.blocks.output"][0], Is.EqualTo(trace.Seen["levels.1.downsample.reduction.0.output"][0]));
        Assert.That(trace.Seen["levels.3.blocks.output"][0], Is.EqualTo(trace.Seen["levels.2.downsample.reduction.0.output"][0]));
        Assert.That(trace.Seen["levels.0.blocks.0.output"][0], Is.EqualTo(trace.Seen["patch_embed.conv_down.3.output"][0]));
    }

    [Test]
    public void Factors_of_one_change_nothing()
    {
        ListedParameters parameters = WithScales(1.0);
        HiddenTrace scaled = Run(Small, parameters);
        HiddenTrace plain = Run(Small with { Scaled = false, ScaledConvolutions = false }, parameters);
        Nearness.Check(scaled.Seen["levels.3.blocks.output"][0], plain.Seen["levels.3.blocks.output"][0], 1e-12);
    }

    [Test]
    public void Factors_scale_what_a_block_adds()
    {
        ListedParameters parameters = WithScales(0.0);
        parameters["levels.0.blocks.0.gamma"] = [1.0, 1.0, 1.0, 1.0];
        double[] once = Added(parameters);
        parameters["levels.0.blocks.0.gamma"] = [2.0, 2.0, 2.0, 2.0];
        Nearness.Check(Added(parameters), [.. once.Select(value => 2.0 * value)], 1e-12);

        static double[] Added(ListedParameters parameters)
        {
            HiddenTrace trace = Run(Small, parameters);
            return [.. trace.Seen["levels.0.blocks.0.output"][0].Zip(trace.Seen["patch_embed.conv_down.3.output"][0], (after, before) => after - before)];
        }
    }

    [Test]
    public void Sizes_that_do_not_fit_together_are_refused_at_once()
    {
        MambaVisionDescription wrong = Small with { Depths = [1, 1, 0, 2], Taps = 4, ImageSize = 0 };
        using var backend = new ScalarBackend<double>();
        ModelException fault = Assert.Throws<ModelException>(() => wrong.Build(new ListedParameters(), backend))!;
        Assert.That(fault.Findings, Has.Length.EqualTo(3));
        Assert.That(
            Assert.Throws<ModelException>(() => (Small with { Heads = [1, 1, 3, 4] }).Build(new ListedParameters(), backend))!.Message,
            Does.Contain("16 channels in stage 2 with 3 heads"));
    }

    [Test]
    public void A_variance_below_zero_is_refused_by_name()
    {
        ListedParameters parameters = WithScales(1.0);
        parameters["levels.1.blocks.0.norm2.running_var"] = [.. Enumerable.Repeat(-1.0, 8)];
        using var backend = new ScalarBackend<double>();
        Assert.That(
            Assert.Throws<ModelException>(() => Small.Build(parameters, backend))!.Message, Does.Contain("levels.1.blocks.0.norm2.running_var[0]"));
    }

    [Test]
    public void A_pixel_that_is_not_finite_is_refused_by_its_place()
    {
        using var backend = new ScalarBackend<double>();
        using VisionStack stack = Small.Build(WithScales(1.0), backend);
        var pixels = new double[2 * 3 * 35 * 35];
        pixels[(((1 * 3) + 2) * 35 * 35) + (4 * 35) + 7] = double.NaN;
        Assert.That(
            Assert.Throws<ModelException>(() => stack.Run(pixels, 2, new double[10]))!.Message, Does.Contain("image 1, channel 2, row 4, column 7"));
        Assert.That(() => stack.Run(pixels.AsSpan(1), 2, new double[10]), Throws.ArgumentException);
    }

    private static HiddenTrace Run(MambaVisionDescription description, ListedParameters parameters)
    {
        using var backend = new ScalarBackend<double>();
        using VisionStack stack = description.Build(parameters, backend);
        var trace = new HiddenTrace(_ => true);
        stack.Run(RandomLayers.Reals(3 * 35 * 35, 7, 1, -1.0, 1.0), 1, new double[stack.Outputs], trace);
        return trace;
    }

    /// <summary>Random parameters with variances that are some, and factors of the blocks that are all the same.</summary>
    private static ListedParameters WithScales(double scale)
    {
        var parameters = new ListedParameters();
        foreach (string norm in new[] { "patch_embed.conv_down.1", "patch_embed.conv_down.4", "norm" })
        {
            parameters[$"{norm}.running_var"] = [.. Enumerable.Repeat(0.7, norm == "norm" ? 32 : norm.EndsWith('1') ? 3 : 4)];
        }

        for (int i = 0; i < 2; i++)
        {
            parameters[$"levels.{i}.blocks.0.norm1.running_var"] = [.. Enumerable.Repeat(0.7, 4 << i)];
            parameters[$"levels.{i}.blocks.0.norm2.running_var"] = [.. Enumerable.Repeat(0.7, 4 << i)];
            parameters[$"levels.{i}.blocks.0.gamma"] = [.. Enumerable.Repeat(scale, 4 << i)];
        }

        foreach ((int stage, int block) in new[] { (2, 0), (2, 1), (2, 2), (3, 0), (3, 1) })
        {
            parameters[$"levels.{stage}.blocks.{block}.gamma_1"] = [.. Enumerable.Repeat(scale, 4 << stage)];
            parameters[$"levels.{stage}.blocks.{block}.gamma_2"] = [.. Enumerable.Repeat(scale, 4 << stage)];
        }

        return parameters;
    }
}
