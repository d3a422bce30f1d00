namespace HybridControl.Cli.Tests.Ensembles;

public sealed class KillTests
{
    [Test]
    public void A_campaign_that_is_killed_again_and_again_loses_nothing_and_doubles_nothing()
    {
        string folder = Directory.CreateTempSubdirectory("kills").FullName;
        try
        {
            var trial = new KillTrial(typeof(CommandLine).Assembly.Location, folder, shards: 24);
            KillTrial.Outcome outcome = trial.Run(kills: 5, seed: 3, TestContext.Out.WriteLine);
            Assert.That(outcome.Kills, Is.EqualTo(5));
            Assert.That(outcome.Differences, Is.Empty);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
