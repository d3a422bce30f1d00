namespace HybridControl.Tests.Serialization.Fuzzing;

/// <summary>Damaged inputs are refused: no crash, no hang, no memory beyond their size. The benchmark <c>fuzz</c> runs half a million.</summary>
public class FuzzTests
{
    [Test]
    public void Damaged_inputs_are_refused_by_every_reader()
    {
        var trial = new FuzzTrial(seed: 6);
        for (int number = 0; number < 3000; number++)
        {
            trial.Run(number);
        }

        TestContext.Out.WriteLine(FormattableString.Invariant(
            $"{trial.Cases} inputs, {trial.Accepted} accepted, slowest {trial.Slowest:F3} s, at most {trial.Largest} bytes"));
        Assert.That(trial.Messages, Is.Empty);
    }

    [Test]
    public void What_is_damaged_was_good()
    {
        foreach (FuzzTarget target in FuzzTargets.All.Where(target => target.Name is not ("expressions" or "conditions")))
        {
            Assert.That(target.Corpus.All(target.Read), Is.True, target.Name);
        }
    }
}
