using System.Collections.Immutable;
using System.Text.Json;
using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Tests.Models;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation.Sensitivities;

/// <summary>A ball in closed form: t_n = t1 (1 + 2 (e + ... + e^(n-1))), t1 = sqrt(2 h0/g), speed after the n-th bounce e^n g t1.</summary>
public class BouncingBallSensitivityTests
{
    private const double G = 9.81;
    private const double E = 0.85;
    private const double Height = 1.0;

    private static SimulationOptions Options { get; } = new()
    {
        Solver = TightSolvers.One,
        Values = ImmutableDictionary<string, double>.Empty.Add("e", E).Add("h0", Height),
        Sensitivities = ["h0", "e", "g"],
    };

    [Test]
    public void Bounces_move_as_their_closed_form_says([ValueSource(typeof(TightSolvers), nameof(TightSolvers.All))] Solver solver)
    {
        Trajectory run = ModelLibrary.Load("bouncing-ball").Simulate(5.5, options: Options with { Solver = solver });
        Assert.That(run.Jumps, Has.Length.AtLeast(25));
        double first = Math.Sqrt(2.0 * Height / G);
        for (int n = 1; n <= run.Jumps.Length; n++)
        {
            double sum = Enumerable.Range(1, n - 1).Sum(k => Math.Pow(E, k));
            double slope = Enumerable.Range(1, n - 1).Sum(k => k * Math.Pow(E, k - 1));
            double time = first * (1.0 + (2.0 * sum));
            Assert.That(run.Sensitivity("h0").JumpTimes[n - 1], Is.EqualTo(time / (2.0 * Height)).Within(1e-9), $"h0, bounce {n}");
            Assert.That(run.Sensitivity("g").JumpTimes[n - 1], Is.EqualTo(-time / (2.0 * G)).Within(1e-9), $"g, bounce {n}");
            Assert.That(run.Sensitivity("e").JumpTimes[n - 1], Is.EqualTo(2.0 * first * slope).Within(1e-8), $"e, bounce {n}");
        }
    }

    [Test]
    public void Height_and_speed_move_as_their_closed_form_says()
    {
        Trajectory run = ModelLibrary.Load("bouncing-ball").Simulate(5.5, options: Options);
        double first = Math.Sqrt(2.0 * Height / G);
        for (int n = 1; n < 25; n++)
        {
            // y = u s - g s^2/2 after the bounce at T with the speed u, s = t - T.
            double sum = 1.0 + (2.0 * Enumerable.Range(1, n - 1).Sum(k => Math.Pow(E, k)));
            double slope = 2.0 * Enumerable.Range(1, n - 1).Sum(k => k * Math.Pow(E, k - 1));
            double speed = Math.Pow(E, n) * G * first;
            (string Name, double Time, double Speed, double Gravity)[] rates =
            [
                ("h0", first * sum / (2.0 * Height), speed / (2.0 * Height), 0.0),
                ("g", -first * sum / (2.0 * G), speed / (2.0 * G), 1.0),
                ("e", first * slope, n * speed / E, 0.0),
            ];
            double s = 0.6 * (run.Jumps[n].Time - run.Jumps[n - 1].Time);
            foreach ((string name, double time, double moved, double gravity) in rates)
            {
                ImmutableArray<double> found = run.Sensitivity(name).At(run.Jumps[n - 1].Time + s);
                double height = (moved * s) - (speed * time) - (0.5 * gravity * s * s) + (G * s * time);
                Assert.That(found[0], Is.EqualTo(height).Within(1e-8), $"height by {name} after bounce {n}");
                Assert.That(found[1], Is.EqualTo(moved - (gravity * s) + (G * time)).Within(1e-8), $"speed by {name} after bounce {n}");
            }
        }
    }

    [Test]
    public void Twenty_five_bounces_agree_with_differences()
    {
        HybridAutomaton ball = ModelLibrary.Load("bouncing-ball");
        Trajectory run = ball.Simulate(5.5, options: Options);
        double end = 0.5 * (run.Jumps[24].Time + run.Jumps[25].Time);
        Assert.That(SensitivityDifferences.Of(
            ball, ["h0", "e", "g", "v"], end, [0.3, 0.5 * (run.Jumps[9].Time + run.Jumps[10].Time), end], jumps: 25, step: 1e-5, options: Options with { Sensitivities = [] }), Is.Empty);
    }

    [Test]
    public void Energy_is_an_output_with_derivatives()
    {
        Trajectory run = ModelLibrary.Load("bouncing-ball").Simulate(1.0, options: Options);
        Assert.That(run.Sensitivity("h0").Value("energy", 0.3), Is.EqualTo(G).Within(1e-9), "before the first bounce g h0");
        Assert.That(run.Sensitivity("h0").Value("energy", 0.9), Is.EqualTo(E * E * G).Within(1e-9));
        Assert.That(run.Sensitivity("e").Value("energy", 0.9), Is.EqualTo(2.0 * E * G * Height).Within(1e-8));
        Assert.That(run.UnitOf("d(energy)/d(h0)"), Is.EqualTo("J/kg/m"));
    }

    [Test]
    public void Both_sides_of_a_bounce_differ_by_the_saltation_matrix()
    {
        JsonElement reference = ReferenceData.File("saltation");
        Trajectory run = ModelLibrary.Load("bouncing-ball").Simulate(reference.Number("T"), options: new()
        {
            Solver = TightSolvers.One,
            Values = ImmutableDictionary<string, double>.Empty.Add("e", reference.Number("e")).Add("h0", 1.0),
            Sensitivities = ["h", "v"],
        });
        double[][] saltation = [.. reference.GetProperty("events")[0].GetProperty("saltation").EnumerateArray().Select(row => row.Vector())];
        double[][] whole = [.. reference.GetProperty("flow_jacobian").EnumerateArray().Select(row => row.Vector())];
        string[] names = ["h", "v"];
        for (int k = 0; k < 2; k++)
        {
            ImmutableArray<double> before = run.Sensitivity(names[k]).AtEnd(0, Side.Left);
            ImmutableArray<double> after = run.Sensitivity(names[k]).AtEnd(1, Side.Right);
            ImmutableArray<double> end = run.Sensitivity(names[k]).At(run.EndTime);
            for (int i = 0; i < 2; i++)
            {
                Assert.That(after[i], Is.EqualTo((saltation[i][0] * before[0]) + (saltation[i][1] * before[1])).Within(1e-9));
                Assert.That(end[i], Is.EqualTo(whole[i][k]).Within(1e-9));
            }
        }
    }
}
