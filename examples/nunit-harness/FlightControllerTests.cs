using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.NUnit;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Solvers;
using static HybridControl.NUnit.RunConstraints;

namespace NUnitHarness;

/// <summary>Tests of a flight controller in the loop with the quadplane: <c>dotnet test examples/nunit-harness</c>.</summary>
internal sealed class FlightControllerTests
{
    private static readonly HybridAutomaton Plane =
        ModelFile.Load(Path.Combine(TestContext.CurrentContext.TestDirectory, "quadplane.json"));

    [Test]
    public void Aircraft_waits_for_the_altitude_before_it_accelerates()
    {
        SimulationRun run = Scenario.For(Plane, useExperiment: false).Start();
        run.AdvanceTo(1);
        Assert.That(run.Command("takeoff"), "the ground accepts a take-off");

        run.AdvanceTo(8);
        Assert.That(run["h"], Is.LessThan(27));
        Assert.That(run.Command("transition"), Is.False, "too low");
        Assert.That(run.Mode, Is.EqualTo("takeoff"));

        run.AdvanceTo(25);
        Assert.That(run.Command("transition"));
        run.AdvanceTo(40);
        Assert.That(run.Mode, Is.EqualTo("cruise"));
    }

    /// <summary>The controller under test replaces the model's altitude command, as the real one would.</summary>
    [Test]
    public void Terrain_following_keeps_its_clearance()
    {
        const double clearance = 30;
        Trajectory flight = Scenario.For(Plane, useExperiment: false)
            .At(5, "takeoff").At(27, "transition")
            .Sample(new TerrainFollower(clearance), from: ["x"], to: ["cruiseAltitude"])
            .Simulate(until: 120);

        Assert.That(flight, Satisfies.Always("h - 20 / (1 + exp(-(x - 1200) / 100)) > 15").From(30).Within(120));
    }

    [Test]
    public void The_flight_goes_through_its_modes_in_time()
    {
        Trajectory flight = Flight(relativeTolerance: 1e-6);
        Assert.That(flight, SwitchesTo("takeoff").Between(5, 6.5));
        Assert.That(flight, SwitchesTo("cruise").Between(27, 60).Times(1));
        Assert.That(flight, Satisfies.Formula("always[5, 60](mode == \"takeoff\" implies eventually[0, 50](mode == \"cruise\"))").Named("gets away"));
    }

    [Test]
    public void A_closer_integration_stays_beside_the_golden_flight() =>
        Assert.That(Flight(relativeTolerance: 1e-9), Matches.GoldenRun(Flight(relativeTolerance: 1e-7)).Within(1e-2, 1e-3).JumpsWithin(1e-2).Only("h", "x"));

    private static Trajectory Flight(double relativeTolerance) => Scenario.For(Plane, useExperiment: false)
        .At(5, "takeoff").At(27, "transition").Simulate(until: 80, new DormandPrince5 { RelativeTolerance = relativeTolerance });
}

/// <summary>Asks for the clearance above the terrain a few seconds ahead.</summary>
internal sealed class TerrainFollower(double clearance) : ISampledBlock
{
    public double Period => 0.5;

    public int InputCount => 1;

    public int OutputCount => 1;

    public int StateCount => 0;

    public static double HeightOfTerrain(double x) => 20 / (1 + Math.Exp(-(x - 1200) / 100));

    public void Initialize(Span<double> state)
    {
    }

    public void Update(double time, ReadOnlySpan<double> inputs, Span<double> state, Span<double> outputs) =>
        outputs[0] = clearance + HeightOfTerrain(inputs[0] + 150);
}
