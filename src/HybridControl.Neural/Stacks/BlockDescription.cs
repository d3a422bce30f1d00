using HybridControl.Neural.Sequences;

namespace HybridControl.Neural.Stacks;

/// <summary>A residual block: <c>h = w h + scale f(norm(h + side(h)))</c>.</summary>
/// <remarks>Its norm is named <c>prenorm</c>, its learned residual weights <c>residual</c>, both below the name of the block.</remarks>
public sealed record BlockDescription
{
    /// <summary>Its name within the layer; parameters of the mixer are named below it.</summary>
    public required string Name { get; init; }

    /// <summary>Before the mixer; null for none.</summary>
    public NormDescription? Norm { get; init; }

    /// <summary>What mixes.</summary>
    public required MixerDescription Mixer { get; init; }

    /// <summary>Factor of the mixer's output.</summary>
    public double Scale { get; init; } = 1.0;

    /// <summary>Whether the stream is multiplied by learned weights.</summary>
    public bool LearnedResidual { get; init; }

    /// <summary>Adds to the mixer's input alone; null for none.</summary>
    public MixerDescription? Side { get; init; }

    /// <summary>Notes what cannot be.</summary>
    internal void Check(DescriptionCheck check)
    {
        Norm?.Check(check.Below("prenorm"));
        check.Number("scale", Scale);
        Mixer.Check(check);
        Side?.Check(check.Below("side"));
    }

    /// <summary>Builds the block.</summary>
    /// <param name="context">The place of the layer.</param>
    public ResidualBlock Build(LayerContext context)
    {
        LayerContext here = context.Below(Name);
        return new(
            here.Place,
            Norm?.Build(here.Below("prenorm")),
            Mixer.Build(here),
            Scale,
            LearnedResidual ? here.Parameters.Vector(here.Named("residual"), here.Width) : default,
            Side?.Build(here.Below("side")));
    }
}
