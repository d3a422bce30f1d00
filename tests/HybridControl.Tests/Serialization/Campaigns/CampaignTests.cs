using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Serialization.Campaigns;

namespace HybridControl.Tests.Serialization.Campaigns;

public sealed class CampaignTests
{
    private const int Blocks = 23;
    private static readonly EnsemblePlan Plan = Arithmetic.Plan((Blocks * EnsembleBlock.Capacity) - 100);

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("campaign").FullName;

    [TearDown]
    public void RemoveFolder()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Test]
    public void A_campaign_holds_every_block_once_and_in_order()
    {
        Campaign campaign = Start(shardBlocks: 4);
        Assert.That(campaign.Status(), Has.Property("FinishedBlocks").EqualTo(0).And.Property("IsComplete").False);
        campaign.Run(new Arithmetic(), CampaignPart.All);
        Assert.That(campaign.Status().IsComplete, Is.True);
        Assert.That(Shards().Length, Is.EqualTo(6));
        AssertWhole(campaign);
        AssertWhole(Campaign.Open(_folder));
        Assert.That(Campaign.Open(_folder).Plan, Is.EqualTo(Plan));
    }

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(7)]
    public void Workers_in_any_order_give_the_same_bytes(int workers)
    {
        Start(shardBlocks: 2).Run(new Arithmetic(), CampaignPart.All);
        Dictionary<string, byte[]> whole = Contents();
        Directory.Delete(_folder, recursive: true);

        foreach (int worker in Enumerable.Range(0, workers).Reverse())
        {
            Campaign campaign = Start(shardBlocks: 2);
            campaign.Run(new Arithmetic(), new(worker, workers));
            Assert.That(campaign.Missing(new(worker, workers)), Is.Empty);
        }

        Assert.That(Contents(), Is.EquivalentTo(whole));
        AssertWhole(Start());
    }

    [Test]
    public void A_cancelled_run_keeps_its_finished_blocks_and_the_next_computes_only_the_rest()
    {
        using var stop = new CancellationTokenSource();
        Campaign campaign = Start(shardBlocks: 5);
        Assert.That(
            () => campaign.Run(new Arithmetic(number => Cancel(number, stop)), CampaignPart.All, cancellation: stop.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(campaign.Status().Missing, Is.EqualTo([new BlockRange(8, Blocks - 8)]));
        Assert.That(campaign.Blocks(partial: true).Select(block => block.Number), Is.EqualTo(Enumerable.Range(0, 8)));

        var computed = new List<long>();
        Start().Run(new Arithmetic(computed.Add), CampaignPart.All);
        Assert.That(computed, Is.EqualTo(Enumerable.Range(8, Blocks - 8)));
        AssertWhole(campaign);

        static void Cancel(long number, CancellationTokenSource stop)
        {
            if (number == 7)
            {
                stop.Cancel();
            }
        }
    }

    [Test]
    public void A_lost_shard_is_listed_and_computed_again()
    {
        Campaign campaign = Start(shardBlocks: 3);
        campaign.Run(new Arithmetic(), CampaignPart.All);
        File.Delete(Shards()[2]);
        File.Delete(Shards()[^1]);
        Assert.That(() => campaign.Blocks(), Throws.TypeOf<ModelException>().With.Message.Contains("5 of 23 blocks are missing: blocks 6 to 8, blocks 21 to 22"));
        Assert.That(campaign.Blocks(partial: true).Count(), Is.EqualTo(18));
        campaign.Run(new Arithmetic(), CampaignPart.All);
        AssertWhole(campaign);
    }

    [Test]
    public void Overlapping_files_count_once()
    {
        Campaign campaign = Start(shardBlocks: 4);
        campaign.Run(new Arithmetic(), CampaignPart.All);
        string first = Shards()[0];
        byte[] kept = File.ReadAllBytes(first);
        File.Delete(first);
        using var stop = new CancellationTokenSource();
        Assert.That(() => campaign.Run(new Arithmetic(_ => stop.Cancel()), CampaignPart.All, cancellation: stop.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(campaign.Status().Missing, Is.EqualTo([new BlockRange(1, 3)]));
        File.WriteAllBytes(first, kept);
        Assert.That(Shards(), Has.Length.EqualTo(7));
        AssertWhole(campaign);
    }

    [Test]
    public void A_damaged_shard_is_refused_by_name_and_computed_again()
    {
        Campaign campaign = Start(shardBlocks: 4);
        campaign.Run(new Arithmetic(), CampaignPart.All);
        string victim = Shards()[1];
        byte[] content = File.ReadAllBytes(victim);
        content[content.Length / 2] ^= 4;
        File.WriteAllBytes(victim, content);
        Assert.That(() => campaign.Blocks().Count(), Throws.TypeOf<ModelException>().With.Message.Contains(victim).And.Message.Contains("checksum"));

        Assert.That(campaign.Blocks(partial: true).Count(), Is.EqualTo(Blocks - 4));

        File.WriteAllBytes(victim, content[..^100]);
        CampaignStatus status = campaign.Status();
        Assert.That(status.Missing, Is.EqualTo([new BlockRange(4, 4)]));
        Assert.That(status.Damaged.Single().Where, Is.EqualTo(victim));
        campaign.Run(new Arithmetic(), CampaignPart.All);
        AssertWhole(campaign);
    }

    [Test]
    public void A_shard_with_a_wrong_checksum_is_missing_and_computed_again_by_whom_it_belongs_to()
    {
        Campaign campaign = Start(shardBlocks: 4);
        campaign.Run(new Arithmetic(), CampaignPart.All);
        Dictionary<string, byte[]> whole = Contents();
        string victim = Shards()[1];
        byte[] content = File.ReadAllBytes(victim);
        content[content.Length / 2] ^= 4;
        File.WriteAllBytes(victim, content);
        CampaignStatus status = campaign.Status();
        Assert.That(status.Missing, Is.EqualTo([new BlockRange(4, 4)]));
        Assert.That(status.Damaged.Single().Where, Is.EqualTo(victim));
        Assert.That(status.Damaged.Single().What, Does.Contain("checksum"));
        Assert.That(status.Damaged.Single().Mend, Does.StartWith("Run the campaign again"));

        campaign.Run(new Arithmetic(), new(0, 2));
        Assert.That(campaign.Status().Missing, Has.Length.EqualTo(1));
        var computed = new List<long>();
        campaign.Run(new Arithmetic(computed.Add), new(1, 2));
        Assert.That(computed, Is.EqualTo(new long[] { 4, 5, 6, 7 }));
        Assert.That(File.ReadAllBytes(victim + ".damaged"), Is.EqualTo(content));
        File.Delete(victim + ".damaged");
        Assert.That(Contents(), Is.EquivalentTo(whole));
        AssertWhole(campaign);
    }

    [Test]
    public void A_shard_of_another_campaign_is_refused()
    {
        Start(shardBlocks: 4).Run(new Arithmetic(), CampaignPart.All);
        string foreign = Path.GetFileName(Shards()[0]);
        byte[] content = File.ReadAllBytes(Shards()[0]);
        Directory.Delete(_folder, recursive: true);
        EnsemblePlan plan = Plan with { Seed = 2 };
        var other = Campaign.Start(_folder, plan, shardBlocks: 4);
        File.WriteAllBytes(Path.Combine(_folder, "blocks", foreign), content);
        Assert.That(other.Status().Damaged.Single().What, Does.Contain("another campaign"));
        Assert.That(other.Status().FinishedBlocks, Is.Zero);
    }

    [Test]
    public void A_changed_plan_is_refused_with_what_changed()
    {
        Start();
        EnsemblePlan plan = Plan with { Seed = 9 };
        ModelException fault = Assert.Throws<ModelException>(() => Campaign.Start(_folder, plan))!;
        Assert.That(fault.Findings.Single().What, Does.EndWith("plan.seed: 1 there, 9 here"));
        fault = Assert.Throws<ModelException>(
            () => Campaign.Start(_folder, Plan with { Model = Plan.Model with { Name = "stone" } }, "gpu"))!;
        Assert.That(fault.Findings.Select(finding => finding.What), Has.Some.EndsWith("plan.model.name: \"ball\" there, \"stone\" here")
            .And.Some.EndsWith("backend: \"cpu\" there, \"gpu\" here").And.Exactly(2).Items);
    }

    [Test]
    public void An_edited_manifest_is_refused()
    {
        Start();
        string path = Path.Combine(_folder, "campaign.json");
        string text = File.ReadAllText(path);
        foreach (string edited in new[]
        {
            text.Replace("\"seed\": 1", "\"seed\": 2", StringComparison.Ordinal), text[..^20], "{}", "",
            text.Replace("\"shardBlocks\": 1", "\"shardBlocks\": \"one\"", StringComparison.Ordinal),
            text.Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal),
        })
        {
            Assert.That(edited, Is.Not.EqualTo(text));
            File.WriteAllText(path, edited);
            Assert.That(() => Start(), Throws.TypeOf<ModelException>().With.Message.Contains(path), edited);
        }
    }

    [Test]
    public void A_folder_with_other_files_is_not_taken()
    {
        File.WriteAllText(Path.Combine(_folder, "letter.txt"), "dear");
        Assert.That(() => Start(), Throws.TypeOf<ModelException>().With.Message.Contains("'letter.txt'"));
        Assert.That(Directory.GetFileSystemEntries(_folder), Has.Length.EqualTo(1));
    }

    [Test]
    public void Leftovers_of_dead_writers_are_removed_and_those_of_living_ones_stay()
    {
        Campaign campaign = Start();
        string blocks = Path.Combine(_folder, "blocks");
        using var living = HybridControl.Serialization.DurableFile.Create(blocks);
        string mine = Directory.GetFiles(blocks, ".*.tmp").Single();
        string dead = mine.Replace($"-{Environment.ProcessId}-", "-999999999-", StringComparison.Ordinal);
        File.WriteAllText(dead, "half a shard");
        string foreign = Path.Combine(blocks, ".elsewhere-1-0.tmp");
        File.WriteAllText(foreign, "half a shard");
        campaign.Run(new Arithmetic(), CampaignPart.All);
        Assert.That((File.Exists(mine), File.Exists(dead), File.Exists(foreign)), Is.EqualTo((true, false, true)));
        File.SetLastWriteTimeUtc(foreign, DateTime.UtcNow.AddDays(-2));
        campaign.Run(new Arithmetic(), CampaignPart.All);
        Assert.That(File.Exists(foreign), Is.False);
    }

    [Test]
    public void A_shard_that_cannot_be_stored_is_a_finding_and_what_is_finished_stays()
    {
        Campaign campaign = Start(shardBlocks: 4);
        string obstacle = Path.Combine(_folder, "blocks", ShardCatalog.NameOf(new(8, 4)));
        Directory.CreateDirectory(obstacle);
        Assert.That(() => campaign.Run(new Arithmetic(), CampaignPart.All), Throws.TypeOf<ModelException>().With.Message.Contains("cannot be written"));
        Assert.That(campaign.Status().Missing, Is.EqualTo([new BlockRange(8, Blocks - 8)]));
        Directory.Delete(obstacle);
        campaign.Run(new Arithmetic(), CampaignPart.All);
        AssertWhole(campaign);
    }

    [Test]
    public void Many_workers_at_once_on_everything_do_no_harm()
    {
        Start(shardBlocks: 2);
        Parallel.For(0, 6, new ParallelOptions { MaxDegreeOfParallelism = 6 }, _ => Start().Run(new Arithmetic(), CampaignPart.All));
        Assert.That(Shards(), Has.Length.EqualTo(12));
        AssertWhole(Start());
    }

    [Test]
    [Repeat(20)]
    public void Many_beginners_at_once_agree_on_one_manifest()
    {
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            Campaign campaign = Start();
            campaign.Run(new Arithmetic(), new(3, 8));
            Assert.That(campaign.Status().Damaged, Is.Empty);
        });
        Directory.Delete(_folder, recursive: true);
    }

    [TestCase("0/4", 0, 4)]
    [TestCase("3/4", 3, 4)]
    public void A_share_is_read(string text, int index, int count) => Assert.That(CampaignPart.Parse(text), Is.EqualTo(new CampaignPart(index, count)));

    [TestCase("4/4", "the last one is 3/4")]
    [TestCase("1", "no share")]
    [TestCase("-1/4", "no share")]
    [TestCase("1/0", "no share")]
    [TestCase("a/b", "no share")]
    [TestCase("1/99999999999", "no share")]
    public void What_is_no_share_is_refused(string text, string what) =>
        Assert.That(() => CampaignPart.Parse(text), Throws.TypeOf<ModelException>().With.Message.Contains(what).IgnoreCase);

    private Campaign Start(int? shardBlocks = null) =>
        Campaign.Start(_folder, Plan, shardBlocks: shardBlocks);

    private string[] Shards() => [.. Directory.GetFiles(Path.Combine(_folder, "blocks"), "*.hcb").Order(StringComparer.Ordinal)];

    private Dictionary<string, byte[]> Contents() => Shards().ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes);

    private static void AssertWhole(Campaign campaign)
    {
        long next = 0;
        foreach (EnsembleBlock block in campaign.Blocks())
        {
            Assert.That(block.Number, Is.EqualTo(next));
            Assert.That(BlockFileTests.Bits(block), Is.EqualTo(BlockFileTests.Bits(Arithmetic.Block(Plan, next))));
            next++;
        }

        Assert.That(next, Is.EqualTo(Blocks));
    }
}
