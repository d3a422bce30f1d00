using System.Collections.Immutable;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Sequences.Mixers;

namespace HybridControl.Neural.Stacks;

/// <summary>A <see cref="ParallelMixer"/>.</summary>
/// <param name="Branches">The layers, at least one.</param>
public sealed record ParallelDescription(ImmutableArray<ParallelBranch> Branches) : MixerDescription
{
    /// <inheritdoc/>
    public override ISequenceLayer Build(LayerContext context) =>
        new ParallelMixer([.. Branches.Select(branch => branch.Mixer.Build(context.Below(branch.Name)))]);

    /// <inheritdoc/>
    internal override void Check(DescriptionCheck check)
    {
        check.Size("branches", Branches.Length, most: DescriptionCheck.Most);
        if (Branches.Select(branch => branch.Name).Distinct(StringComparer.Ordinal).Count() < Branches.Length)
        {
            check.Refuse("branches", "two of them have one name", "Give every branch a name of its own.");
        }

        foreach (ParallelBranch branch in Branches)
        {
            branch.Mixer.Check(check.Below(branch.Name));
        }
    }
}
