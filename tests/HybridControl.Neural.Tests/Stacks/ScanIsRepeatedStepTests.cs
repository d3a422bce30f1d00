using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;
using HybridControl.Neural.Tests.TestKit;

namespace HybridControl.Neural.Tests.Stacks;

/// <summary>The law of sequence layers, for every kind at random sizes: pieces of any length give what the whole gives.</summary>
public class ScanIsRepeatedStepTests
{
    private const int Streams = 2;
    private const double SingleTolerance = 1e-5;
    private const double DoubleTolerance = 1e-10;

    public static IEnumerable<object[]> Cases =>
        from kind in RandomStacks.Kinds.Keys
        from backend in CpuBackends.Names
        select new object[] { kind, backend };

    [TestCaseSource(nameof(Cases))]
    public void A_scan_equals_repeated_steps_and_any_pieces(string kind, string backend)
    {
        for (ulong seed = 1; seed <= 3; seed++)
        {
            var draw = new RandomStacks.Draw(seed);
            StackDescription description = RandomStacks.Kinds[kind](draw);
            using ITensorBackend made = CpuBackends.New(backend);
            using LayerStack stack = StackBuilder.Build(description, new RandomParameters(seed), made);
            int length = draw.Between(9, 23);
            double[] samples = RandomLayers.Reals(Streams * length * draw.Width, seed, 9, -1.0, 1.0);
            double[] whole = Run(stack, samples, draw.Width, [length]);
            double[] steps = Run(stack, samples, draw.Width, [.. Enumerable.Repeat(1, length)]);
            double[] pieces = Run(stack, samples, draw.Width, Pieces(draw, length));
            double tolerance = made.Precision == Precision.Single ? SingleTolerance : DoubleTolerance;
            Assert.That(whole, Has.All.Matches<double>(double.IsFinite));
            Nearness.Check(steps, whole, tolerance, $"steps, seed {seed}");
            Nearness.Check(pieces, whole, tolerance, $"pieces, seed {seed}");
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void Streams_of_different_lengths_step_together_as_they_do_apart(string kind, string backend)
    {
        const int ahead = 5;
        var draw = new RandomStacks.Draw(7);
        StackDescription description = RandomStacks.Kinds[kind](draw);
        using ITensorBackend made = CpuBackends.New(backend);
        using LayerStack stack = StackBuilder.Build(description, new RandomParameters(7), made);
        int length = draw.Between(9, 14);
        double[] samples = RandomLayers.Reals(Streams * length * draw.Width, 7, 9, -1.0, 1.0);
        int row = draw.Width;
        double[] apart = Run(stack, samples, row, [length]);

        using SequenceState state = stack.NewState(Streams);
        double[] first = samples[..(ahead * row)];
        stack.Scan(first, 1, state, Span<double>.Empty);
        int together = length - ahead;
        double[] both = [.. samples[(ahead * row)..(length * row)], .. samples[(length * row)..((length + together) * row)]];
        var outputs = new double[both.Length];
        stack.Scan(both, Streams, state, outputs);
        double[] expected = [.. apart[(ahead * row)..(length * row)], .. apart[(length * row)..((length + together) * row)]];
        Nearness.Check(outputs, expected, made.Precision == Precision.Single ? SingleTolerance : DoubleTolerance);
    }

    private static int[] Pieces(RandomStacks.Draw draw, int length)
    {
        var pieces = new List<int>();
        for (int left = length; left > 0; left -= pieces[^1])
        {
            pieces.Add(Math.Min(draw.Between(1, 7), left));
        }

        return [.. pieces];
    }

    private static double[] Run(LayerStack stack, double[] samples, int width, int[] pieces)
    {
        using SequenceState state = stack.NewState(Streams);
        int length = samples.Length / Streams / width;
        var outputs = new double[samples.Length];
        int at = 0;
        foreach (int piece in pieces)
        {
            double[] input = [.. Enumerable.Range(0, Streams).SelectMany(s => samples.Skip(((s * length) + at) * width).Take(piece * width))];
            var output = new double[input.Length];
            stack.Scan(input, Streams, state, output);
            for (int s = 0; s < Streams; s++)
            {
                output.AsSpan(s * piece * width, piece * width).CopyTo(outputs.AsSpan(((s * length) + at) * width));
            }

            at += piece;
        }

        return outputs;
    }
}
