using HybridControl.Neural.Sequences;
using HybridControl.Neural.Sequences.Mixers;

namespace HybridControl.Neural.Stacks;

/// <summary>A <see cref="ParallelHeadsMixer"/>.</summary>
/// <remarks>
/// Parameters: <c>in_proj.weight</c> (queries, keys, values, inputs, gates), <c>attention_norm.weight</c>, <c>scan_norm.weight</c>,
/// <c>out_proj.weight</c>, and those of the scan but for its projections in and out.
/// </remarks>
public sealed record ParallelHeadsDescription : MixerDescription
{
    /// <summary>The attention; its heads together give as many numbers as the scan has channels.</summary>
    public required AttentionDescription Attention { get; init; }

    /// <summary>The scan.</summary>
    public required MambaDescription Scan { get; init; }

    /// <summary>Epsilon of the norms.</summary>
    public double Epsilon { get; init; } = 1e-6;

    /// <inheritdoc/>
    public override ISequenceLayer Build(LayerContext context)
    {
        int channels = Scan.Channels;
        int keys = Attention.KeysOf is null ? Attention.KeyColumns : 0;
        int values = Attention.KeysOf is null ? Attention.ValueColumns : 0;
        var norm = new NormDescription(Epsilon: Epsilon);
        LayerContext inside = context.WithWidth(channels);
        var parts = new ParallelHeadsParts
        {
            Input = LinearMap.Build(context, "in_proj", Attention.QueryColumns + keys + values + (2 * channels), context.Width, Scan.ProjectionBias),
            Output = LinearMap.Build(context, "out_proj", context.Width, channels, false),
            Attention = Attention.Core(Attention.Cache(context)),
            QueryColumns = Attention.QueryColumns,
            KeyColumns = keys,
            ValueColumns = values,
            AttentionNorm = norm.Build(inside.Below("attention_norm")),
            ScanNorm = norm.Build(inside.Below("scan_norm")),
        };
        return new ParallelHeadsMixer(context.Place, parts, new(context.Place, Scan.Parts(context), context.State));
    }

    /// <inheritdoc/>
    internal override void Check(DescriptionCheck check)
    {
        Attention.Check(check.Below("attention"));
        Scan.Check(check.Below("scan"));
        check.Number("epsilon", Epsilon, least: 0.0);
        if (Attention.MixedColumns != Scan.Channels)
        {
            check.Refuse("attention", $"its heads give {Attention.MixedColumns} numbers, the scan has {Scan.Channels} channels", "Heads times value width equals channels.");
        }

        if (Scan.Heads != 1 || Scan.StepAttention is not null)
        {
            check.Refuse("scan", "it has heads or attention of its own", "Leave out heads and stepAttention.");
        }
    }
}
