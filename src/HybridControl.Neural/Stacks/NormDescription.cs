using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;

namespace HybridControl.Neural.Stacks;

/// <summary>A norm over the numbers of a token. Parameters <c>weight</c>, and <c>bias</c> for <see cref="NormKind.Layer"/>.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Epsilon">Added to the mean square or the variance.</param>
public sealed record NormDescription(NormKind Kind = NormKind.RootMeanSquare, double Epsilon = 1e-5)
{
    /// <summary>Notes what cannot be.</summary>
    internal void Check(DescriptionCheck check)
    {
        check.Known("kind", Kind);
        check.Number("epsilon", Epsilon, least: 0.0);
    }

    /// <summary>Builds the norm.</summary>
    /// <param name="context">Its place.</param>
    public RowNorm Build(LayerContext context) => new(
        new(Kind, Epsilon),
        context.Parameters.Vector(context.Named("weight"), context.Width),
        Kind == NormKind.Layer ? context.Parameters.Vector(context.Named("bias"), context.Width) : default);
}
