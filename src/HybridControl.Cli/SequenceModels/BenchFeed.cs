using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;

namespace HybridControl.Cli.SequenceModels;

/// <summary>Tokens or samples to measure a stack with, the same in every run.</summary>
internal sealed class BenchFeed(LayerStack stack, int streams)
{
    private int[] _tokens = [];
    private float[] _samples = [];

    /// <summary>Feeds so many tokens or samples to each stream.</summary>
    public void Scan(int length, SequenceState state, Span<float> outputs, ScanOptions options)
    {
        int kinds = stack.Description.Vocabulary;
        if (kinds > 0)
        {
            int count = streams * length;
            if (_tokens.Length < count)
            {
                _tokens = [.. Enumerable.Range(0, count).Select(i => i % kinds)];
            }

            stack.Scan(_tokens.AsSpan(0, count), streams, state, outputs, options);
            return;
        }

        int numbers = checked(streams * length * (stack.Description.Signals > 0 ? stack.Description.Signals : stack.Description.Width));
        if (_samples.Length < numbers)
        {
            _samples = [.. Enumerable.Range(0, numbers).Select(i => MathF.Sin(i))];
        }

        stack.Scan(_samples.AsSpan(0, numbers), streams, state, outputs, options);
    }
}
