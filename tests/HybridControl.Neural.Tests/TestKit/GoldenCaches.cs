using System.Globalization;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Tests.TestKit;

/// <summary>Compares what a stack remembers with the caches that published code leaves.</summary>
internal static class GoldenCaches
{
    public static void Check(GoldenCase golden, LayerStack stack, SequenceState state, string when, double tolerance)
    {
        for (int i = 0; i < stack.Layers.Length; i++)
        {
            string layer = string.Create(CultureInfo.InvariantCulture, $"{stack.Layers[i].Name}.");
            Compare($"conv_states.{i}", ".conv", shape => shape);
            Compare($"ssm_states.{i}", ".ssm", shape => shape);
            Compare($"ssd_states.{i}", ".ssm", shape => shape);
            CompareCache(i, layer);
            void Compare(string name, string slot, Func<int[], int[]> view)
            {
                string full = $"cache.{when}.{name}";
                if (!golden.Has(full))
                {
                    return;
                }

                int number = SlotOf(stack, layer, slot);
                TensorView buffer = state.BufferOf(number);
                var values = new double[buffer.Count];
                state.Backend.Download(buffer, values);
                int[] shape = view(golden.ShapeOf(full));
                double[] ours = IsStateMajor(stack, number) ? ChannelMajor(values, shape) : values;
                Assert.That(GoldenCase.Misfit(ours, golden.Read(full), tolerance), Is.LessThanOrEqualTo(1.0), full);
            }
        }

        void CompareCache(int i, string layer)
        {
            string keys = string.Create(CultureInfo.InvariantCulture, $"cache.{when}.key_cache.{i}");
            if (golden.Has(keys))
            {
                KeyValueCache cache = state.CacheOf(SlotOf(stack, layer, ".cache"));
                CheckRows(golden, keys, state, cache, cache.Keys, tolerance);
                CheckRows(golden, keys.Replace("key_cache", "value_cache", StringComparison.Ordinal), state, cache, cache.Values, tolerance);
            }
        }
    }

    private static int SlotOf(LayerStack stack, string layer, string ending)
    {
        IReadOnlyList<StateSlot> slots = stack.StateLayout.Slots;
        return Enumerable.Range(0, slots.Count).Single(
            slot => slots[slot].Name.StartsWith(layer, StringComparison.Ordinal) && slots[slot].Name.EndsWith(ending, StringComparison.Ordinal));
    }

    private static bool IsStateMajor(LayerStack stack, int slot) => stack.StateLayout.Slots[slot].StateMajor > 0;

    /// <summary>From [stream, state, channel] to [stream, ..., channel, state].</summary>
    private static double[] ChannelMajor(double[] values, int[] shape)
    {
        int size = shape[^1];
        int channels = values.Length / shape[0] / size;
        var turned = new double[values.Length];
        for (int s = 0; s < shape[0]; s++)
        {
            for (int c = 0; c < channels; c++)
            {
                for (int j = 0; j < size; j++)
                {
                    turned[(((s * channels) + c) * size) + j] = values[(((s * size) + j) * channels) + c];
                }
            }
        }

        return turned;
    }

    /// <summary>Golden rows are [stream, head, token, entry], ours [stream, token, head, entry].</summary>
    private static void CheckRows(GoldenCase golden, string name, SequenceState state, KeyValueCache cache, TensorView rows, double tolerance)
    {
        int[] shape = golden.ShapeOf(name);
        (int heads, int tokens, int width) = (shape[1], shape[2], shape[3]);
        var ours = new double[shape.Aggregate((a, b) => a * b)];
        for (int s = 0; s < shape[0]; s++)
        {
            Assert.That(cache.CountOf(s), Is.EqualTo(tokens), name);
            var stream = new double[tokens * heads * width];
            state.Backend.Download(rows.RowsAt(s * cache.Capacity, tokens), stream);
            for (int h = 0; h < heads; h++)
            {
                for (int t = 0; t < tokens; t++)
                {
                    stream.AsSpan(((t * heads) + h) * width, width).CopyTo(ours.AsSpan(((((s * heads) + h) * tokens) + t) * width));
                }
            }
        }

        Assert.That(GoldenCase.Misfit(ours, golden.Read(name), tolerance), Is.LessThanOrEqualTo(1.0), name);
    }
}
