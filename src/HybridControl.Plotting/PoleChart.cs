using System.Numerics;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Poles as crosses in the complex plane; others, to compare, as rings.</summary>
internal sealed class PoleChart : Chart
{
    private const int MostPoles = 700;
    private const double Arm = 3.2;

    private readonly Complex[] _poles;
    private readonly Complex[] _compared;
    private readonly string _name;
    private readonly string _comparedName;
    private readonly bool _isDiscrete;

    public PoleChart(IReadOnlyList<Complex> poles, IReadOnlyList<Complex> compared, string name, string comparedName, bool isDiscrete)
    {
        (_poles, _compared) = (WithConjugates(poles), WithConjugates(compared));
        (_name, _comparedName, _isDiscrete) = (name, comparedName, isDiscrete);
        IEnumerable<Complex> all = [.. _poles, .. _compared, .. isDiscrete ? [new(1, 1), new(-1, -1)] : new[] { Complex.Zero }];
        XRange = PlotRange.Of(all.Select(pole => pole.Real));
        YRange = PlotRange.Of(all.Select(pole => pole.Imaginary));
    }

    public override (double Lowest, double Highest) XRange { get; }

    public override (double Lowest, double Highest) YRange { get; }

    public override (string Name, string Unit) X => ("real part", _isDiscrete ? "" : "1/s");

    public override (string Name, string Unit) Y => ("imaginary part", _isDiscrete ? "" : "rad/s");

    public override string Title => "";

    public override (double Width, double Height) Area => (440, 400);

    public override IReadOnlyList<LegendEntry> Legend =>
    [
        new(_name, PlotStyle.CurveColor(0), LegendMark.Disc),
        .. _compared.Length > 0 ? [new LegendEntry(_comparedName, PlotStyle.CurveColor(1), LegendMark.Disc)] : Array.Empty<LegendEntry>(),
        new("stability limit", PlotStyle.Quiet, LegendMark.Line),
    ];

    public override void Draw(IRenderContext rc, ChartLayout layout)
    {
        rc.Line(layout.Area.Left, layout.PixelY(0), layout.Area.Right, layout.PixelY(0), PlotStyle.Guard, 0.75);
        if (_isDiscrete)
        {
            rc.Curve([.. Enumerable.Range(0, 181).Select(k => layout.PixelOf(Math.Cos(k * Math.PI / 90), Math.Sin(k * Math.PI / 90)))], PlotStyle.Quiet, 1);
        }
        else
        {
            rc.Line(layout.PixelX(0), layout.Area.Top, layout.PixelX(0), layout.Area.Bottom, PlotStyle.Quiet, 1);
        }

        foreach (Complex pole in _compared)
        {
            rc.Disc(layout.PixelX(pole.Real), layout.PixelY(pole.Imaginary), Arm, OxyColors.Undefined, PlotStyle.CurveColor(1));
        }

        foreach (Complex pole in _poles)
        {
            (double x, double y) = (layout.PixelX(pole.Real), layout.PixelY(pole.Imaginary));
            rc.Line(x - Arm, y - Arm, x + Arm, y + Arm, PlotStyle.CurveColor(0), PlotStyle.CurveWidth);
            rc.Line(x - Arm, y + Arm, x + Arm, y - Arm, PlotStyle.CurveColor(0), PlotStyle.CurveWidth);
        }
    }

    // The least damped ones count most where there are too many.
    private static Complex[] WithConjugates(IReadOnlyList<Complex> poles) =>
    [
        .. poles.Where(Complex.IsFinite)
            .OrderByDescending(pole => pole.Real)
            .Take(MostPoles / 2)
            .SelectMany(pole => pole.Imaginary == 0.0 ? [pole] : new[] { pole, Complex.Conjugate(pole) }),
    ];
}
