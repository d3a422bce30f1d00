using OxyPlot;
using OxyPlot.Annotations;

namespace HybridControl.Plotting;

/// <summary>A part of a plot that is drawn in pixels, because what fits depends on pixels.</summary>
internal sealed class Drawing : Annotation
{
    private readonly Action<IRenderContext> _draw;

    public Drawing(AnnotationLayer layer, Action<IRenderContext> draw)
    {
        Layer = layer;
        _draw = draw;
    }

    /// <inheritdoc/>
    public override OxyRect GetClippingRect() => OxyRect.Everything;

    /// <inheritdoc/>
    public override void Render(IRenderContext rc) => _draw(rc);
}
