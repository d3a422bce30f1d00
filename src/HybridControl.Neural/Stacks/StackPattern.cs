using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Neural.Stacks;

/// <summary>Layers from a list of letters, after Nemotron-H: one mixer a layer, each behind a norm and beside the stream.</summary>
/// <remarks>
/// <c>S4D</c> and <c>S5</c> time-invariant systems, <c>M</c> Mamba, <c>M2</c> Mamba-2, <c>*</c> attention, <c>-</c> a gated perceptron.
/// Mixers are called <c>mixer</c>, so that parameters are named <c>layers.3.mixer.in_proj.weight</c>.
/// </remarks>
public sealed record StackPattern
{
    private static readonly string[] Kinds = ["S4D", "S5", "M", "M2", "*", "-"];

    /// <summary>Numbers of a token between layers.</summary>
    public required int Width { get; init; }

    /// <summary>Modes of S5, and of a channel of S4D.</summary>
    public int Modes { get; init; } = 32;

    /// <summary>Channels of Mamba and Mamba-2 for each number of a token.</summary>
    public int Expansion { get; init; } = 2;

    /// <summary>States of a channel of Mamba and Mamba-2.</summary>
    public int StateSize { get; init; } = 16;

    /// <summary>Heads of attention and of Mamba-2; they divide the channels.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Heads of keys and values.</summary>
    public int KeyHeads { get; init; } = 4;

    /// <summary>Rotary positions of attention; null for none.</summary>
    public RotaryDescription? Rotary { get; init; }

    /// <summary>Numbers between the maps of the gated perceptron.</summary>
    public int Hidden { get; init; } = 64;

    /// <summary>The norms.</summary>
    public NormDescription Norm { get; init; } = new();

    /// <summary>The layers of a list of letters.</summary>
    /// <exception cref="ModelException">A letter is unknown; with every finding.</exception>
    public ImmutableArray<LayerDescription> Layers(params ReadOnlySpan<string> pattern)
    {
        var findings = new FindingList();
        var layers = ImmutableArray.CreateBuilder<LayerDescription>();
        for (int i = 0; i < pattern.Length; i++)
        {
            if (MixerOf(pattern[i]) is { } mixer)
            {
                layers.Add(new([new() { Name = "mixer", Norm = Norm, Mixer = mixer }]));
            }
            else
            {
                findings.Error(
                    FormattableString.Invariant($"pattern[{i}]"), $"unknown layer '{pattern[i]}'", Suggestions.For(pattern[i], Kinds));
            }
        }

        return findings.Count == 0 ? layers.ToImmutable() : throw new ModelException(findings.ToImmutable());
    }

    private MixerDescription? MixerOf(string kind) => kind switch
    {
        "S4D" => new S4dDescription { Modes = Modes },
        "S5" => new S5Description { Modes = Modes },
        "M" => new MambaDescription { Channels = Expansion * Width, StateSize = StateSize, StepRank = (Width + 15) / 16 },
        "M2" => new SsdDescription { Heads = Heads, HeadWidth = Expansion * Width / Heads, StateSize = StateSize },
        "*" => new AttentionDescription { Heads = Heads, KeyHeads = KeyHeads, HeadWidth = Width / Heads, Rotary = Rotary },
        "-" => new GluDescription { Hidden = Hidden },
        _ => null,
    };
}
