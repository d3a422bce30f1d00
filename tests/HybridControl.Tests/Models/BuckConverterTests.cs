using HybridControl.Simulation;

namespace HybridControl.Tests.Models;

internal sealed class BuckConverterTests
{
    [Test]
    public void Every_phase_ends_where_a_plain_integration_has_it()
    {
        Trajectory run = ModelLibrary.Run("buck-converter-dcm", 1e-3);
        var circuit = new PlainFlow(1e-7, 0.0, 4.9);
        foreach (Jump jump in run.Jumps)
        {
            double source = jump.From == "switch" ? 24.0 : 0.0;
            bool conducts = jump.From != "idle";
            double time = circuit.Until(
                jump.Transition switch
                {
                    "turn off" => x => x[1] - 5.05,
                    "diode off" => x => -x[0],
                    _ => x => 4.95 - x[1],
                },
                (x, slope) =>
                {
                    slope[0] = conducts ? (source - x[1]) / 5e-5 : 0.0;
                    slope[1] = (x[0] - (x[1] / 20.0)) / 1e-4;
                });
            Assert.That(jump.Time, Is.EqualTo(time).Within(1e-12), jump.Transition);
            circuit[0] = jump.Transition == "diode off" ? 0.0 : circuit[0];
        }

        Assert.That(run.TimesOf("diode off"), Has.Length.GreaterThan(2), "conduction is discontinuous");
        Assert.That(run.TimesOf("restart"), Is.Empty);
    }

    [Test]
    public void Idle_phases_last_as_the_load_discharges_the_capacitor()
    {
        Trajectory run = ModelLibrary.Run("buck-converter-dcm", 5e-3);
        foreach ((Jump off, Jump on) in run.Jumps.Where(jump => jump.Transition == "diode off").Zip(run.Jumps.Where(jump => jump.Transition == "turn on")))
        {
            Assert.That(on.Time - off.Time, Is.EqualTo(20.0 * 1e-4 * Math.Log(off.StatesAfter[1] / 4.95)).Within(1e-11));
            Assert.That(off.StatesBefore[0], Is.EqualTo(0.0).Within(1e-9));
        }
    }
}
