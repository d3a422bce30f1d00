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
}
