using HybridControl.Diagnostics;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Neural.Training;

namespace HybridControl.Neural.Tests.Training;

public sealed class TrainingCheckpointTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("checkpoint").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase(1)]
    [TestCase(13)]
    [TestCase(40)]
    public void Interrupted_and_resumed_training_ends_with_the_bits_of_one_run(int stopAfter)
    {
        (ParameterSet whole, Curve task) = Curve.Start();
        TrainingResult expected = Settings.Run(task, whole);

        (ParameterSet parts, Curve again) = Curve.Start();
        Interrupt(parts, again, stopAfter);
        (ParameterSet resumed, Curve third) = Curve.Start();
        resumed.Values.Fill(7.0);
        TrainingResult result = (Settings with { ResumeFrom = TrainingCheckpoint.Load(Path) }).Run(third, resumed);
        Assert.Multiple(() =>
        {
            Assert.That(resumed.Values.ToArray(), Is.EqualTo(whole.Values.ToArray()));
            Assert.That(result.Losses, Is.EqualTo(expected.Losses));
            Assert.That((result.Status, result.BestIteration, result.BestLoss), Is.EqualTo((expected.Status, expected.BestIteration, expected.BestLoss)));
        });
    }

    [Test]
    public void Checkpoint_of_a_running_training_is_where_it_was_written()
    {
        (ParameterSet whole, Curve task) = Curve.Start();
        (Settings with { CheckpointPath = Path, CheckpointEvery = 16 }).Run(task, whole);
        var checkpoint = TrainingCheckpoint.Load(Path);
        Assert.That((checkpoint.Iteration, checkpoint.Losses.Length), Is.EqualTo((48, 48)));
        (ParameterSet resumed, Curve again) = Curve.Start();
        (Settings with { ResumeFrom = checkpoint }).Run(again, resumed);
        Assert.That(resumed.Values.ToArray(), Is.EqualTo(whole.Values.ToArray()));
    }

    [Test]
    public void Patience_counts_on_over_an_interruption()
    {
        (ParameterSet parts, Curve task) = Curve.Start();
        task.Validation = iteration => iteration < 3 ? 10.0 - iteration : 8.5;
        Interrupt(parts, task, 8);
        TrainingResult result = (Settings with { Patience = 10, ResumeFrom = TrainingCheckpoint.Load(Path) }).Run(task, parts);
        Assert.That((result.Status, result.BestIteration, result.Losses.Length), Is.EqualTo((TrainingStatus.StoppedEarly, 2, 13)));
    }

    [Test]
    public void Checkpoint_of_another_network_is_refused()
    {
        (ParameterSet parts, Curve task) = Curve.Start();
        Interrupt(parts, task, 2);
        var other = new ParameterSet();
        other.Add("net.0.weight", 3, 1);
        var trainer = Settings with { Iterations = 1, Groups = [], ResumeFrom = TrainingCheckpoint.Load(Path) };
        var fault = Assert.Throws<ModelException>(() => trainer.Run(task, other));
        Assert.That(fault.Findings, Has.Length.EqualTo(2));
        Assert.That(fault.Message, Does.Contain("net.0.weight (12 x 1)").And.Contain("net.0.weight (3 x 1)").And.Contain("3 iterations"));
    }

    [Test]
    public void File_that_is_no_checkpoint_or_is_cut_off_is_refused()
    {
        (ParameterSet parts, Curve task) = Curve.Start();
        Interrupt(parts, task, 2);
        byte[] bytes = File.ReadAllBytes(Path);
        File.WriteAllBytes(Path, bytes[..^8]);
        Assert.That(() => TrainingCheckpoint.Load(Path), Throws.TypeOf<ModelException>().With.Message.Contains("cut off"));
        new Neural.Safetensors.SafetensorsWriter().Add("progress", [1], [1L]).Save(Path);
        Assert.That(() => TrainingCheckpoint.Load(Path), Throws.TypeOf<ModelException>().With.Message.Contains("training"));
        new Neural.Safetensors.SafetensorsWriter().Note("training", "1").Add("progress", [1], [1L]).Add("values.a", [1, 1], [1.0]).Save(Path);
        var fault = Assert.Throws<ModelException>(() => TrainingCheckpoint.Load(Path));
        Assert.That(fault.Findings.Select(finding => finding.Where), Has.Some.Contains("best.a").And.Some.Contains("progress").And.Some.Contains("numbers"));
    }

    private static Trainer Settings => new()
    {
        Iterations = 50,
        Rate = new WarmupSchedule(5, new CosineSchedule(3e-2, 1e-3)),
        Optimizer = new AdamW { WeightDecay = 1e-2 },
        Groups = [new("*.bias") { WeightDecay = 0.0, RateFactor = 0.5 }],
        ShardSize = 7,
    };

    private string Path => System.IO.Path.Combine(_folder, "run.safetensors");

    private void Interrupt(ParameterSet parameters, Curve task, int after)
    {
        using var source = new CancellationTokenSource();
        Trainer trainer = Settings with
        {
            CheckpointPath = Path,
            Progress = (iteration, _) => (iteration == after ? source : null)?.Cancel(),
        };
        Assert.That(trainer.Run(task, parameters, source.Token).Status, Is.EqualTo(TrainingStatus.Cancelled));
    }
}
