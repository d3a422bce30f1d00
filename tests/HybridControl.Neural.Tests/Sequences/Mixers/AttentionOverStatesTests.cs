using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tests.TestKit;

namespace HybridControl.Neural.Tests.Sequences.Mixers;

/// <summary>Attention that reads summed-up states, and attention that gates transitions.</summary>
public class AttentionOverStatesTests
{
    private const int Width = 3;

    [TestCase(1, 0)]
    [TestCase(3, 0)]
    [TestCase(4, 6)]
    public void Tokens_read_the_means_that_are_complete(int spacing, int window)
    {
        const int length = 14;
        double[] x = RandomLayers.Reals(length * Width, 1, 1, -1.0, 1.0);
        using var backend = new ScalarBackend<double>();
        var mixer = new StateAttentionDescription
        {
            Backbone = new MlpDescription { Hidden = Width, Activation = Activation.Identity },
            Attention = new() { Heads = 1, KeyHeads = 1, HeadWidth = Width, Scale = 1.0, Window = window },
            Spacing = spacing,
        };
        var parameters = new ListedParameters();
        foreach (string map in new[] { "backbone.up_proj", "backbone.down_proj", "attention.q_proj", "attention.k_proj", "attention.v_proj", "attention.o_proj" })
        {
            parameters[$"layers.0.mixer.{map}.weight"] = Identity();
        }

        double[] y = Run(mixer, parameters, backend, x);
        for (int t = 0; t < length; t++)
        {
            var seen = new List<double[]>();
            for (int j = 0; ((j + 1) * spacing) - 1 <= t; j++)
            {
                if (window == 0 || t - (((j + 1) * spacing) - 1) <= window)
                {
                    seen.Add([.. Enumerable.Range(0, Width).Select(i => Enumerable.Range(j * spacing, spacing).Average(s => x[(s * Width) + i]))]);
                }
            }

            double[] shares = [.. seen.Select(mean => Math.Exp(mean.Select((value, i) => value * x[(t * Width) + i]).Sum()))];
            for (int i = 0; i < Width; i++)
            {
                // The residual stream adds the token once more.
                double read = seen.Count == 0 ? 0.0 : seen.Select((mean, j) => shares[j] * mean[i]).Sum() / shares.Sum();
                Assert.That(y[(t * Width) + i], Is.EqualTo((2.0 * x[(t * Width) + i]) + read).Within(1e-12), $"token {t}");
            }
        }
    }

    [Test]
    public void Steps_without_weight_of_attention_are_those_of_mamba()
    {
        using var backend = new ScalarBackend<double>();
        double[] x = RandomLayers.Reals(9 * Width, 1, 1, -1.0, 1.0);
        var plain = new MambaDescription { Channels = 4, StateSize = 5, StepRank = 2 };
        MambaDescription gated = plain with { StepAttention = new() { Heads = 2, KeyHeads = 1, HeadWidth = 2, Window = 3 } };
        double[] expected = Run(plain, new ListedParameters(), backend, x);
        double[] with = Run(gated, new ListedParameters(), backend, x);
        double[] without = Run(gated, new ListedParameters { ["layers.0.mixer.step_attention.o_proj.weight"] = new double[16] }, backend, x);
        Assert.That(without, Is.EqualTo(expected));
        Assert.That(with, Is.Not.EqualTo(expected));
    }

    [Test]
    public void Summed_up_keys_take_memory_as_often_as_they_come()
    {
        using var backend = new ScalarBackend<float>();
        var mixer = new StateAttentionDescription
        {
            Backbone = new SsdDescription { Heads = 1, HeadWidth = 2, StateSize = 2 },
            Attention = new() { Heads = 1, KeyHeads = 1, HeadWidth = 2 },
            Spacing = 16,
        };
        using LayerStack stack = StackBuilder.Build(Stack(mixer), new RandomParameters(1), backend);
        using SequenceState empty = stack.NewState();
        using SequenceState state = stack.NewState(1, empty.Bytes);
        stack.Scan(new double[1000 * Width], 1, state, Span<double>.Empty);
        int cache = Enumerable.Range(0, stack.StateLayout.Slots.Count).Single(slot => stack.StateLayout.Slots[slot].IsCache);
        Assert.That(state.CacheOf(cache).CountOf(0), Is.EqualTo(1000 / 16));
        Assert.That(() => stack.Scan(new double[100 * Width], 1, state, Span<double>.Empty), Throws.TypeOf<ModelException>());
    }

    private static StackDescription Stack(MixerDescription mixer) => new() { Width = Width, Layers = [new([new() { Name = "mixer", Mixer = mixer }])] };

    private static double[] Run(MixerDescription mixer, IParameterSource parameters, ITensorBackend backend, double[] x)
    {
        using LayerStack stack = StackBuilder.Build(Stack(mixer), parameters, backend);
        using SequenceState state = stack.NewState();
        var y = new double[x.Length];
        stack.Scan(x, 1, state, y);
        return y;
    }

    private static double[] Identity()
    {
        var identity = new double[Width * Width];
        for (int i = 0; i < Width; i++)
        {
            identity[i * (Width + 1)] = 1.0;
        }

        return identity;
    }
}
