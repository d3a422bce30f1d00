using HybridControl.Simulation;

namespace HybridControl.Tests.Models;

internal sealed class IzhikevichNeuronTests
{
    [Test]
    public void A_strong_current_gives_thirteen_spikes_in_a_hundred_milliseconds()
    {
        Trajectory run = ModelLibrary.Run("izhikevich-neuron", 100);
        double[] spikes = run.TimesOf("spike");
        Assert.That(spikes, Has.Length.EqualTo(13));
        Assert.That(spikes[..3], Is.EqualTo(new[] { 1.102644562, 2.393093383, 3.967710141 }).Within(1e-8));
        Assert.That(spikes[^1], Is.EqualTo(97.753084169).Within(1e-8));
        Assert.That(run.Value("spikes", 100), Is.EqualTo(13));
    }

    [Test]
    public void Spikes_come_when_a_plain_integration_has_them()
    {
        var cell = new PlainFlow(1e-4, -65.0, -13.0);
        double[] spikes = ModelLibrary.Run("izhikevich-neuron", 12).TimesOf("spike");
        foreach (double spike in spikes)
        {
            double time = cell.Until(x => x[0] - 30.0, (x, slope) =>
            {
                slope[0] = (0.04 * x[0] * x[0]) + (5.0 * x[0]) + 140.0 - x[1] + 40.0;
                slope[1] = 0.02 * ((0.2 * x[0]) - x[1]);
            });
            Assert.That(spike, Is.EqualTo(time).Within(1e-7));
            (cell[0], cell[1]) = (-65.0, cell[1] + 8.0);
        }

        Assert.That(spikes, Has.Length.GreaterThan(3));
    }
}
