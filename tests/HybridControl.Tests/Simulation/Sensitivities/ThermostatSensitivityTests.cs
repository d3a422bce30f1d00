using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Tests.Models;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation.Sensitivities;

/// <summary>Forty switches whose thresholds are parameters: heating takes ln((heated - low)/(heated - high))/k, cooling its mirror image.</summary>
public class ThermostatSensitivityTests
{
    private const double K = 0.5;
    private const double Ambient = 60.0;
    private const double Heated = 80.0;
    private const double Low = 65.0;
    private const double High = 75.0;

    private static readonly double Heating = Math.Log((Heated - Low) / (Heated - High)) / K;
    private static readonly double Cooling = Math.Log((High - Ambient) / (Low - Ambient)) / K;

    private static readonly (string Name, double Heating, double Cooling)[] Rates =
    [
        ("k", -Heating / K, -Cooling / K),
        ("ambient", 0.0, ((1.0 / (Low - Ambient)) - (1.0 / (High - Ambient))) / K),
        ("heated", ((1.0 / (Heated - Low)) - (1.0 / (Heated - High))) / K, 0.0),
        ("low", -1.0 / (Heated - Low) / K, -1.0 / (Low - Ambient) / K),
        ("high", 1.0 / (Heated - High) / K, 1.0 / (High - Ambient) / K),
    ];

    [Test]
    public void Forty_switches_move_as_their_closed_form_says()
    {
        Trajectory run = Run([.. Rates.Select(rate => rate.Name)]);
        Assert.That(run.Jumps, Has.Length.GreaterThan(40));
        foreach ((string name, double heating, double cooling) in Rates)
        {
            for (int n = 1; n <= run.Jumps.Length; n++)
            {
                double expected = ((n + 1) / 2 * heating) + (n / 2 * cooling);
                Assert.That(run.Sensitivity(name).JumpTimes[n - 1], Is.EqualTo(expected).Within(1e-9 * Math.Max(1.0, Math.Abs(expected))), $"{name}, switch {n}");
            }
        }
    }

    [Test]
    public void The_temperature_moves_as_its_closed_form_says()
    {
        Trajectory run = Run([.. Rates.Select(rate => rate.Name)]);
        double start = 20.0 * (Heating + Cooling);
        double s = 1.1; // into the heating after switch 40
        double decay = Math.Exp(-K * s);
        foreach ((string name, double heating, double cooling) in Rates)
        {
            double moved = 20.0 * (heating + cooling);
            double own = name switch
            {
                "k" => -s * (Low - Heated) * decay,
                "heated" => 1.0 - decay,
                "low" => decay,
                _ => 0.0,
            };
            double expected = own + (K * (Low - Heated) * decay * moved);
            Assert.That(run.Sensitivity(name).At(start + s)[0], Is.EqualTo(expected).Within(1e-8 * Math.Max(1.0, Math.Abs(expected))), name);
        }
    }

    [Test]
    public void An_initial_temperature_moves_every_switch_alike()
    {
        Trajectory run = Run("T");
        double[] moved = [.. run.Sensitivity("T").JumpTimes];
        Assert.That(moved, Is.All.EqualTo(-1.0 / (Heated - Low) / K).Within(1e-9), "the first phase begins elsewhere, the others do not");
    }

    private static Trajectory Run(params string[] names) =>
        ModelLibrary.Load("thermostat").Simulate(91.0, options: new() { Solver = TightSolvers.One, Sensitivities = [.. names] });
}
