using HybridControl.Diagnostics;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Neural.Vision;

namespace HybridControl.Neural.Tests.Vision;

public class HeraclesTests
{
    private const int Classes = 3;
    private const int LastWidth = 6;

    /// <summary>Stages of 12, 6, 3 and 2 pixels across.</summary>
    private static readonly HeraclesDescription Small = new()
    {
        ImageSize = 48,
        Classes = Classes,
        StemWidth = 2,
        Widths = [4, 2, 4, LastWidth],
        Depths = [1, 1, 1, 1],
        Heads = [1, 1, 2, 3],
        HiddenRatios = [2, 1, 1, 1],
    };

    [Test]
    public void Labels_of_tokens_add_half_the_greatest_judgement_of_any_pixel()
    {
        ListedParameters parameters = Parameters();
        double[] weight = RandomLayers.Reals(Classes * LastWidth, 3, 1, -1.0, 1.0);
        double[] bias = RandomLayers.Reals(Classes, 4, 1, -1.0, 1.0);
        double[] normWeight = RandomLayers.Reals(LastWidth, 5, 1, -1.0, 1.0);
        double[] normBias = RandomLayers.Reals(LastWidth, 6, 1, -1.0, 1.0);
        (parameters["aux_head.weight"], parameters["aux_head.bias"]) = (weight, bias);
        (parameters["norm4.weight"], parameters["norm4.bias"]) = (normWeight, normBias);
        (double[] plain, _) = Run(Small, parameters);
        (double[] labelled, double[] pixels) = Run(Small with { TokenLabels = true }, parameters);
        for (int c = 0; c < Classes; c++)
        {
            double greatest = double.NegativeInfinity;
            for (int p = 0; p < pixels.Length / LastWidth; p++)
            {
                double[] token = pixels[(p * LastWidth)..((p + 1) * LastWidth)];
                double mean = token.Average();
                double deviation = Math.Sqrt(token.Average(value => (value - mean) * (value - mean)) + 1e-6);
                double judged = bias[c] + Enumerable.Range(0, LastWidth).Sum(
                    i => weight[(c * LastWidth) + i] * ((normWeight[i] * (token[i] - mean) / deviation) + normBias[i]));
                greatest = Math.Max(greatest, judged);
            }

            Assert.That(labelled[c] - plain[c], Is.EqualTo(0.5 * greatest).Within(1e-12));
        }
    }

    [Test]
    public void Sizes_that_do_not_fit_together_are_refused_at_once()
    {
        HeraclesDescription wrong = Small with { Widths = [5, 2, 4, LastWidth], Heads = [1, 1, 3, 3], StemWidth = 0 };
        using var backend = new ScalarBackend<double>();
        ModelException fault = Assert.Throws<ModelException>(() => wrong.Build(new ListedParameters(), backend))!;
        Assert.That(fault.Findings, Has.Length.EqualTo(3));
    }

    private static (double[] Logits, double[] Pixels) Run(HeraclesDescription description, ListedParameters parameters)
    {
        using var backend = new ScalarBackend<double>();
        using VisionStack stack = description.Build(parameters, backend);
        var trace = new HiddenTrace(name => name == "block4.output");
        var logits = new double[Classes];
        stack.Run(RandomLayers.Reals(3 * 48 * 48, 7, 1, -1.0, 1.0), 1, logits, trace);
        return (logits, trace.Seen["block4.output"][0]);
    }

    private static ListedParameters Parameters()
    {
        var parameters = new ListedParameters();
        foreach (int norm in new[] { 1, 4, 7 })
        {
            parameters[$"patch_embed1.conv.{norm}.running_var"] = [0.5, 1.5];
        }

        return parameters;
    }
}
