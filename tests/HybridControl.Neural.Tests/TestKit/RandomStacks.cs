using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences.Channels;
using HybridControl.Neural.Sequences.Mixers;
using HybridControl.Neural.Stacks;
using HybridControl.Numerics;

namespace HybridControl.Neural.Tests.TestKit;

/// <summary>Small stacks of random sizes around every kind of mixer that looks back only: a new kind joins by one line.</summary>
internal static class RandomStacks
{
    /// <summary>A stack of each kind, as a function of draws.</summary>
    public static IReadOnlyDictionary<string, Func<Draw, StackDescription>> Kinds { get; } = new Dictionary<string, Func<Draw, StackDescription>>
    {
        ["mamba"] = draw => Single(draw, Mamba(draw)),
        ["mamba with heads"] = draw => Single(draw, Mamba(draw) with { Channels = 12, Heads = 3 }),
        ["mamba with norms"] = draw => Single(draw, Mamba(draw) with { InnerNorm = 1e-6, ProjectionBias = true }),
        ["mamba with attention over its steps"] = draw => Single(draw, Mamba(draw) with { StepAttention = Attention(draw) with { Window = draw.Between(1, 5) } }),
        ["ssd"] = draw => Single(draw, Ssd(draw)),
        ["ssd, norm then gate by groups"] = draw => Single(draw, Ssd(draw) with { Order = GateOrder.NormThenGate, NormGroupWidth = 2, LeastStep = 0.01, GreatestStep = 0.5 }),
        ["ssd, bare and rotary"] = draw => Single(draw, Ssd(draw) with { StateSize = 4, Taps = 0, Gated = false, StepBias = false, Direct = false, RawRates = true, Rotary = new() }),
        ["s4d"] = draw => Single(draw, new S4dDescription { Modes = draw.Between(1, 5) }),
        ["s5"] = draw => Single(draw, new S5Description { Modes = draw.Between(1, 6), ClipEigenvalues = true, Tail = S5Tail.FullGlu }),
        ["attention"] = draw => Single(draw, Attention(draw)),
        ["attention, rotary, window and sinks"] = draw => Single(draw, Attention(draw) with { HeadWidth = 4, ValueWidth = 3, Rotary = new(100.0, 2), Window = draw.Between(1, 4), Sinks = draw.Between(0, 3) }),
        ["keys of an earlier layer"] = draw => SharedKeys(draw),
        ["glu"] = draw => Single(draw, new GluDescription { Hidden = draw.Between(1, 9), Bias = true }),
        ["mlp"] = draw => Single(draw, new MlpDescription { Hidden = draw.Between(1, 9) }),
        ["experts, softmax over all"] = draw => Single(draw, Moe(RouterKind.SoftmaxAll, draw)),
        ["experts, softmax over the chosen"] = draw => Single(draw, Moe(RouterKind.SoftmaxChosen, draw) with { Shared = new GluDescription { Hidden = 5 } }),
        ["experts, sigmoid and groups"] = draw => Single(draw, Moe(RouterKind.Sigmoid, draw) with
        {
            Experts = 6,
            Router = new() { Kind = RouterKind.Sigmoid, Renormalize = true, Scale = 2.5, Groups = 3, ChosenGroups = 2 },
        }),
        ["heads side by side"] = draw => Single(draw, ParallelHeads(draw)),
        ["parallel"] = draw => Single(draw, new ParallelDescription([new("a", Attention(draw)), new("b", Ssd(draw))])),
        ["attention over a summed-up state"] = draw => Single(draw, StateAttention(draw)),
        ["attention over a summed-up state, window"] = draw => Single(draw, StateAttention(draw) with { Attention = Attention(draw) with { Window = draw.Between(1, 9) }, Backbone = Mamba(draw) }),
        ["shared block beside mamba"] = draw => Beside(draw),
    };

    private static StackDescription Single(Draw draw, MixerDescription mixer) => new()
    {
        Width = draw.Width,
        Layers = [new([new() { Name = "mixer", Norm = new(), Mixer = mixer, LearnedResidual = draw.Between(0, 1) == 1 }])],
        FinalNorm = new(NormKind.Layer),
    };

    private static StackDescription SharedKeys(Draw draw)
    {
        ParallelHeadsDescription first = ParallelHeads(draw);
        StackDescription stack = Single(draw, first with { Attention = first.Attention with { Window = 4 } });
        ParallelHeadsDescription second = first with { Attention = first.Attention with { Window = 3, KeysOf = "layers.0.mixer" } };
        return stack with { Layers = [stack.Layers[0], new([new() { Name = "mixer", Norm = new(), Mixer = second }])], MetaTokens = 2 };
    }

    private static StackDescription Beside(Draw draw)
    {
        var side = new SharedTransformerDescription { Block = "block", Attention = Attention(draw), Channels = new() { Hidden = 5 }, AdapterRank = 2 };
        StackDescription stack = Single(draw, Mamba(draw));
        LayerDescription[] layers = [.. Enumerable.Range(0, 2).Select(i => new LayerDescription([stack.Layers[0].Blocks[0] with { Side = side with { Adapter = i } }]))];
        return stack with { Layers = [.. layers] };
    }

    private static MambaDescription Mamba(Draw draw) => new()
    {
        Channels = draw.Between(1, 12),
        StateSize = draw.Between(1, 9),
        Taps = draw.Between(1, 5),
        StepRank = draw.Between(1, 4),
    };

    private static SsdDescription Ssd(Draw draw)
    {
        int groups = draw.Between(1, 3);
        return new()
        {
            Heads = groups * draw.Between(1, 3),
            HeadWidth = 2 * draw.Between(1, 4),
            Groups = groups,
            StateSize = draw.Between(1, 9),
            Taps = draw.Between(1, 5),
        };
    }

    private static AttentionDescription Attention(Draw draw)
    {
        int keyHeads = draw.Between(1, 3);
        return new() { Heads = keyHeads * draw.Between(1, 3), KeyHeads = keyHeads, HeadWidth = draw.Between(1, 6) };
    }

    private static MoeDescription Moe(RouterKind kind, Draw draw) => new()
    {
        Experts = draw.Between(3, 7),
        Chosen = draw.Between(1, 3),
        Router = new() { Kind = kind },
        Expert = new MlpDescription { Hidden = draw.Between(1, 6), Activation = Activation.SquaredRelu },
    };

    private static ParallelHeadsDescription ParallelHeads(Draw draw)
    {
        AttentionDescription attention = Attention(draw) with { ValueWidth = draw.Between(1, 4), Sinks = 2 };
        return new() { Attention = attention, Scan = Mamba(draw) with { Channels = attention.Heads * attention.ValueWidth } };
    }

    private static StateAttentionDescription StateAttention(Draw draw) => new()
    {
        Backbone = Ssd(draw),
        Attention = Attention(draw),
        Spacing = draw.Between(1, 4),
    };

    /// <summary>Draws sizes: a function of the seed alone.</summary>
    public sealed class Draw
    {
        private readonly ulong _seed;
        private int _count;

        public Draw(ulong seed)
        {
            _seed = seed;
            Width = Between(2, 9);
        }

        /// <summary>Numbers of a token.</summary>
        public int Width { get; }

        /// <summary>A whole number from low to high.</summary>
        public int Between(int low, int high) => low + (int)(Philox4x32.Uniform(_seed, _count++, 0, 0) * (high - low + 1));
    }
}
