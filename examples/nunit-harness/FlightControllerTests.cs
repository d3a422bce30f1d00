using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Serialization;
using HybridControl.Simulation;

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

        foreach (double t in Enumerable.Range(30, 91))
        {
            double above = flight.Value("h", t) - TerrainFollower.HeightOfTerrain(flight.Value("x", t));
            Assert.That(above, Is.GreaterThan(clearance / 2), $"{t} s after the start");
        }
    }
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
