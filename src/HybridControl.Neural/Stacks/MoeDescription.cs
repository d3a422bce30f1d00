using System.Globalization;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Sequences.Channels;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Stacks;

/// <summary>A <see cref="MixtureOfExperts"/>.</summary>
/// <remarks>
/// Parameters: those of the router below <c>router</c>, of expert e below <c>experts.e</c>, of the shared layer below <c>shared</c>.
/// The router is kept exact whatever the format of weights: a choice does not bear rounding.
/// </remarks>
public sealed record MoeDescription : MixerDescription
{
    /// <summary>Experts.</summary>
    public required int Experts { get; init; }

    /// <summary>Experts that a token passes.</summary>
    public required int Chosen { get; init; }

    /// <summary>How they are chosen.</summary>
    public required RouterDescription Router { get; init; }

    /// <summary>What an expert is; it must remember nothing.</summary>
    public required MixerDescription Expert { get; init; }

    /// <summary>Passed by every token; null for none.</summary>
    public MixerDescription? Shared { get; init; }

    /// <inheritdoc/>
    public override ISequenceLayer Build(LayerContext context)
    {
        int slots = context.State.Slots.Count;
        LayerContext router = context.Below("router");
        var gate = new Linear(context.Parameters.Matrix(router.Named("weight"), Experts, context.Width, exact: true), default);
        ISequenceLayer[] experts =
        [
            .. Enumerable.Range(0, Experts).Select(e => Expert.Build(context.Below(string.Create(CultureInfo.InvariantCulture, $"experts.{e}")))),
        ];
        if (context.State.Slots.Count > slots)
        {
            context.Parameters.Refuse(context.Named("experts"), "the experts remember tokens, but do not see all of them", "Take experts that remember nothing.");
        }

        return new MixtureOfExperts(context.Place, gate, NewRouter(router), Chosen, experts, Shared?.Build(context.Below("shared")));
    }

    /// <inheritdoc/>
    internal override void Check(DescriptionCheck check)
    {
        check.Size("experts", Experts, most: DescriptionCheck.Most);
        check.Size("chosen", Chosen, least: 1, most: Math.Clamp(Experts, 1, DescriptionCheck.Most));
        Router.Check(check.Below("router"), Experts, Chosen);
        Expert.Check(check.Below("expert"));
        Shared?.Check(check.Below("shared"));
    }

    private ExpertRouter NewRouter(LayerContext context) => new(Experts)
    {
        Kind = Router.Kind,
        Renormalize = Router.Renormalize,
        Scale = Router.Scale,
        Groups = Router.Groups,
        ChosenGroups = Router.ChosenGroups,
        Bias = Router.Kind == RouterKind.Sigmoid ? Row(context.Parameters.Find(context.Named("bias"), 1, Experts)) : [],
    };

    private static double[] Row(IMatrixSource source)
    {
        var row = new double[source.Columns];
        source.ReadRow(0, row);
        return row;
    }
}
