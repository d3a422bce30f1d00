using System.Collections.Immutable;
using System.Text;
using System.Xml.Linq;
using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Plotting.Tests;

/// <summary>Every picture is well-formed, small, and the same each time. Set PLOT_GALLERY to a folder to look at them.</summary>
public sealed class GalleryTests
{
    private static readonly Dictionary<string, Func<string>> Pictures = new()
    {
        ["ball"] = () => SampleRuns.Ball().Plot("y", "v").ShadeModes().MarkJumps().ToSvg(),
        ["ball-simulated"] = () =>
            SampleRuns.BallModel.Simulate(until: 12).Plot("y", "v").ShadeModes().MarkJumps().ToSvg(),
        ["ball-simulated-phase"] = () => SampleRuns.BallModel.Simulate(until: 12).PlotPhase("y", "v").ToSvg(),
        ["ball-end"] = () => SampleRuns.Ball(12.84).Plot().MarkJumps().Between(11, 12.84).ToSvg(),
        ["ball-phase"] = () => SampleRuns.Ball(12.5).PlotPhase("y", "v").ToSvg(),
        ["thermostat"] = () => SampleRuns.Thermostat().Plot().ShadeModes().MarkJumps().ToSvg(),
        ["thermostat-plain"] = () => SampleRuns.Thermostat().Plot().ToSvg(),
        ["flight"] = () => SampleRuns.Flight().Plot().ShadeModes().MarkJumps().ToSvg(),
        ["flight-small"] = () => SampleRuns.Flight().Plot("altitude", "airspeed").ShadeModes().Size(340, 300).ToSvg(),
        ["flight-phase"] = () => SampleRuns.Flight().PlotPhase("airspeed", "altitude").ToSvg(),
        ["pendulum"] = () => SampleRuns.Pendulum().Plot().ShadeModes().MarkJumps().ToSvg(),
        ["pendulum-phase"] = () => SampleRuns.Pendulum().PlotPhase("theta", "omega").ToSvg(),
        ["converter"] = () => SampleRuns.Converter().Plot().ShadeModes().MarkJumps().ToSvg(),
        ["converter-zoom"] = () => SampleRuns.Converter().Plot().ShadeModes().MarkJumps().Between(0.01, 0.0102).ToSvg(),
        ["converter-phase"] = () => SampleRuns.Converter().PlotPhase("i_L", "v_sw").ToSvg(),
        ["tanks-phase"] = () => SampleRuns.Tanks().PlotPhase("h1", "h2").ToSvg(),
        ["fan"] = () => SampleEnsembles.Balls().PlotFan("y", "m").ToSvg(),
        ["fan-paths"] = () => SampleEnsembles.Balls().PlotFan("y", "m", paths: 12).Title("Heights of 3000 balls").ToSvg(),
        ["event-times"] = () => SampleEnsembles.Balls().PlotEventTimes("bounce").ToSvg(),
        ["event-times-many"] = () => SampleEnsembles.Balls(restitution: 0.65).PlotEventTimes("bounce", bins: 200).ToSvg(),
        ["cloud"] = () => SampleEnsembles.Landings().PlotCloud("east", "north", "m", "m").ToSvg(),
        ["cloud-zone"] = () => SampleEnsembles.Landings().PlotCloud("east", "north", "m", "m", "in the zone").ToSvg(),
        ["cloud-alternatives"] = () => SampleEnsembles.Landings(400, 3).PlotCloud("east", "north", "m", "m").ToSvg(),
        ["modes"] = () => SampleEnsembles.Landings(2000).PlotModes().ToSvg(),
        ["tornado"] = () => SampleEnsembles.Landings(2000).PlotTornado("east", "m").ToSvg(),
        ["tornado-bars"] = () => EnsemblePlots.Tornado(
            [new("activation energy of the main reaction", 0.71, 0.83), new("jacket", 0.78, 0.76), new("feed", 0.765, 0.77)], "yield", baseline: 0.77)
            .Title("One input at a time").ToSvg(),
        ["distribution"] = () => SampleEnsembles.Landings(60).PlotDistribution("east", "m").ToSvg(),
        ["distribution-alternatives"] = () => SampleEnsembles.Landings(400, 3).PlotDistribution("east", "m").ToSvg(),
        ["beliefs"] = () =>
        {
            (HybridControl.Estimation.EstimationHistory history, double[] times, double[] positions, double[] speeds) = SampleEstimations.Cart(150);
            return history.Plot("x", "v").WithMeasurements("range", on: "x").WithMeasurements("rate", on: "v")
                .WithTruth("x", times, positions).WithTruth("v", times, speeds).Title("A cart and its radar").ToSvg();
        },
        ["beliefs-long"] = () => SampleEstimations.Cart(6000, prior: 1000).History.Plot().WithMeasurements("range", on: "x").ToSvg(),
        ["beliefs-modes"] = () =>
        {
            (HybridControl.Estimation.EstimationHistory history, HybridControl.Simulation.Trajectory truth) = SampleEstimations.Thermostat();
            return history.Plot().WithMeasurements().WithTruth(truth).WithModes().ToSvg();
        },
        ["mode-probabilities"] = () => SampleEstimations.Thermostat().History.PlotModes().Size(420, 260).ToSvg(),
        ["innovations"] = () => SampleEstimations.Cart().History.PlotInnovations().ToSvg(),
        ["innovations-optimistic"] = () => SampleEstimations.Cart(6000, q: 0.01).History.PlotInnovations("rate").Title("Q a hundred times too small").ToSvg(),
        ["innovations-few"] = () => SampleEstimations.Cart(150, q: 0.01).History.PlotInnovations("rate").ToSvg(),
        ["consistency-steps"] = () => SampleEstimations.Verdict().PlotSteps().ToSvg(),
        ["pit"] = () => SampleEstimations.Verdict().PlotPit().ToSvg(),
        ["pit-optimistic"] = () => SampleEstimations.Verdict(q: 0.05).PlotPit().ToSvg(),
        ["whiteness"] = () => SampleEstimations.Verdict(q: 0.05).PlotWhiteness().ToSvg(),
        ["poles"] = () => SampleLayers.Poles().Title("S4D-Lin beside a filter").ToSvg(),
        ["poles-discrete"] = () => SampleLayers.DiscretePoles().Size(460, 420).ToSvg(),
        ["bode"] = () => SampleLayers.Bode().ToSvg(),
        ["traces"] = () => SampleLayers.Traces().ToSvg(),
        ["states"] = () => SampleLayers.States(12, 60).ToSvg(),
        ["states-many"] = () => SampleLayers.States(64, 4000).ToSvg(),
        ["attention"] = () => SampleLayers.Attention(40).Size(520, 480).ToSvg(),
        ["compared"] = () => Compared().ToSvg(),
        ["compared-differences"] = () => Compared().Show("y").WithDifference().MarkJumps().Between(0, 6).ToSvg(),
        ["own-states"] = () => OwnStates().Plot().ShadeModes().MarkJumps().ToSvg(),
        ["own-states-phase"] = () => OwnStates().PlotPhase("x", "y").ToSvg(),
        ["instant"] = () => SampleRuns.Pendulum(0).Plot().ShadeModes().MarkJumps().ToSvg(),
    };

    private static ComparisonPlot Compared() => Plot.Compare(
        ("tight", SampleRuns.BallModel.Simulate(until: 8, solver: new DormandPrince5 { RelativeTolerance = 1e-10 })),
        ("lower", SampleRuns.BallModel.Simulate(10, options: new SimulationOptions { Values = ImmutableDictionary<string, double>.Empty.Add("y", 9.0) })),
        ("short", SampleRuns.BallModel.Simulate(until: 3)));

    /// <summary>A point that runs along a line, then about a circle, where it has an angle and nothing else.</summary>
    private static Trajectory OwnStates() => HybridAutomaton.Build("line and circle", h =>
    {
        Expr x = h.State("x", -2.0, "m");
        Expr y = h.State("y", 1.0, "m");
        Expr phi = h.State("phi", unit: "rad");
        ModeBuilder line = h.Mode("line").With(x, y).Flow(x, 1.0);
        ModeBuilder circle = h.Mode("circle").With(phi).Flow(phi, -1.0);
        h.Transition(line, circle, "enter").Guard(x >= 0.0 & y > 0.0).Reset(phi, Math.PI / 2.0);
        h.Transition(circle, line, "leave").Guard(phi <= -Math.PI / 2.0).Reset(x, 0.0).Reset(y, -1.0);
    }).Simulate(until: 7.0);

    private static IEnumerable<string> Names => Pictures.Keys;

    [TestCaseSource(nameof(Names))]
    public void A_picture_is_well_formed_small_and_reproducible(string name)
    {
        string svg = Pictures[name]();
        if (Environment.GetEnvironmentVariable("PLOT_GALLERY") is { Length: > 0 } folder)
        {
            File.WriteAllText(Path.Combine(folder, name + ".svg"), svg);
        }

        Assert.Multiple(() =>
        {
            Assert.That(XDocument.Parse(svg).Root!.Name.LocalName, Is.EqualTo("svg"));
            Assert.That(svg, Does.Not.Contain("NaN").And.Not.Contain("Infinity"));
            Assert.That(Encoding.UTF8.GetByteCount(svg), Is.LessThan(300_000));
            Assert.That(Pictures[name](), Is.EqualTo(svg));
        });
    }
}
