using HybridControl.Automata;
using HybridControl.Simulation;

namespace HybridControl.Tests.Models;

/// <summary>models/telegraph-process.json: a particle that turns round at random instants.</summary>
public class TelegraphProcessTests
{
    private static readonly HybridAutomaton Model = ModelLibrary.Load("telegraph-process");

    [Test]
    public void It_spreads_as_its_equation_says()
    {
        double[] squares = [.. Enumerable.Range(0, 20_000).AsParallel().AsOrdered().Select(k =>
        {
            double x = Model.Simulate(until: 1.0, options: new SimulationOptions
            {
                Seed = 17, Trajectory = k, Recording = Recording.Events,
            }).Value("x", 1.0);
            return x * x;
        })];
        double mean = squares.Average();
        double error = Math.Sqrt(squares.Select(square => (square - mean) * (square - mean)).Average() / squares.Length);
        Assert.That(mean, Is.EqualTo(0.3772894549).Within(4.0 * error));
        Assert.That(error, Is.LessThan(0.003));
    }

    [Test]
    public void It_never_leaves_the_cone_of_its_speed_and_turns_as_often_as_its_rate_says()
    {
        Trajectory run = Model.Simulate(until: 1000.0, options: new SimulationOptions { Seed = 5 });
        Assert.That(run.Jumps, Has.Length.EqualTo(2000).Within(4.0 * Math.Sqrt(2000.0)));
        Assert.That(run.Jumps.Select(jump => Math.Abs(jump.StatesAfter[0]) - jump.Time), Is.All.LessThanOrEqualTo(1e-9));
        Assert.That(run.Jumps.Select((jump, i) => jump.From == (i % 2 == 0 ? "right" : "left")), Is.All.True);
    }
}
