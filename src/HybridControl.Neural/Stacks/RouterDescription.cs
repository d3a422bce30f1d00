using HybridControl.Neural.Sequences.Channels;

namespace HybridControl.Neural.Stacks;

/// <summary>How a <see cref="MixtureOfExperts"/> chooses. Parameters <c>weight</c> (experts x width), and <c>bias</c> for <see cref="RouterKind.Sigmoid"/>.</summary>
public sealed record RouterDescription
{
    /// <summary>How logits become experts and weights.</summary>
    public required RouterKind Kind { get; init; }

    /// <summary>Whether the weights of the chosen experts are divided by their sum.</summary>
    public bool Renormalize { get; init; }

    /// <summary>Factor of all weights.</summary>
    public double Scale { get; init; } = 1.0;

    /// <summary>Groups of neighboring experts; only experts of the best groups are chosen.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>How many groups that are.</summary>
    public int ChosenGroups { get; init; } = 1;
}
