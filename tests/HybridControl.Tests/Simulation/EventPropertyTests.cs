using HybridControl.Tests.Simulation.Families;

namespace HybridControl.Tests.Simulation;

/// <summary>Twenty thousand random hybrid models with known events: none missed, none twice, none out of order.</summary>
/// <remarks>The benchmark <c>events</c> runs a million of the same cases under any seed.</remarks>
public class EventPropertyTests
{
    private const int Cases = 20_000;

    [Test]
    public void Random_models_have_exactly_the_events_of_their_closed_forms()
    {
        var trial = new EventTrial(seed: 20_000);
        var tally = new EventTally();
        for (int number = 0; number < Cases; number++)
        {
            trial.Run(number, tally);
        }

        TestContext.Out.WriteLine(FormattableString.Invariant(
            $"{tally.Verdict()}: {tally.Expected} events, largest error {tally.Worst:E1} of the tolerance; {tally.Touches} touches, {tally.Pieces} pieces, {tally.NotBounded} not bounded, {tally.FloorHits} floor hits"));
        Assert.Multiple(() =>
        {
            Assert.That(tally.Messages, Is.Empty);
            Assert.That(tally.IsClean, tally.Verdict());
            Assert.That(tally.NotBounded, Is.Zero);
        });
    }
}
