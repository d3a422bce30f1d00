using HybridControl.Cli.Ensembles;
using HybridControl.Serialization.Campaigns;

namespace HybridControl.Cli.Tests.Ensembles;

public sealed class ShardTextTests
{
    [TestCase("2/5", "", 2, 5)]
    [TestCase("auto", "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=8 SLURM_ARRAY_TASK_MIN=0", 3, 8)]
    [TestCase("auto", "SLURM_ARRAY_TASK_ID=11 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_STEP=2", 3, 4)]
    [TestCase("auto/16", "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=8", 3, 16)]
    [TestCase("auto/6", "JOB_COMPLETION_INDEX=5", 5, 6)]
    public void A_share_is_read_from_text_and_environment(string text, string environment, int index, int count) =>
        Assert.That(ShardText.Read(text, Of(environment)), Is.EqualTo(new CampaignPart(index, count)));

    [TestCase("5/5", "", "counted from 0")]
    [TestCase("half", "", "no share i/n")]
    [TestCase("auto", "", "neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set")]
    [TestCase("auto", "JOB_COMPLETION_INDEX=2", "the number of completions is not known")]
    [TestCase("auto/2", "JOB_COMPLETION_INDEX=2", "which is no worker of 2")]
    [TestCase("auto/0", "JOB_COMPLETION_INDEX=0", "'auto/0' is no share")]
    [TestCase("auto", "SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=1", "which is no worker of 3")]
    public void What_is_no_share_is_refused_with_a_remedy(string text, string environment, string what)
    {
        UsageException fault = Assert.Throws<UsageException>(() => ShardText.Read(text, Of(environment)))!;
        Assert.That(fault.Findings.Single().What, Does.Contain(what));
        Assert.That(fault.Findings.Single().Mend, Is.Not.Empty);
    }

    private static Func<string, string?> Of(string environment)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return variables.GetValueOrDefault;
    }
}
