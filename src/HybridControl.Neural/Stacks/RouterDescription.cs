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

    /// <summary>Notes what cannot be for so many experts.</summary>
    internal void Check(DescriptionCheck check, int experts, int chosen)
    {
        check.Known("kind", Kind);
        check.Number("scale", Scale);
        check.Size("groups", Groups);
        check.Multiple("experts", experts, "groups", Groups);
        check.Size("chosenGroups", ChosenGroups, least: 1, most: Math.Max(Groups, 1));
        if (Groups > 0 && (long)experts / Groups * ChosenGroups < chosen)
        {
            check.Refuse("chosenGroups", $"{ChosenGroups} groups have fewer than the {chosen} experts to choose", "Choose more groups, or fewer experts.");
        }
    }
}
