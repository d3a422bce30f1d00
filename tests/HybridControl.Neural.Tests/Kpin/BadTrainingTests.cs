using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Neural.Kpin;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Neural.Training;

namespace HybridControl.Neural.Tests.Kpin;

/// <summary>Training on what nothing can be learned from, and files that are damaged anywhere.</summary>
public class BadTrainingTests
{
    [Test]
    public void Measurements_that_are_all_missing_are_refused()
    {
        KpinProblem problem = MismatchedSpring.Train();
        KpinTrajectory silent = problem.Trajectories[0] with
        {
            Measurements = [.. Enumerable.Repeat(double.NaN, problem.Trajectories[0].Measurements.Length)],
        };
        KpinNetwork network = Untrained();
        Assert.That(() => new KpinTraining().Run(problem with { Trajectories = [silent] }, network), Throws.TypeOf<ModelException>());
        Assert.That(() => new KpinTraining().Run(problem with { Trajectories = [] }, network), Throws.TypeOf<ModelException>());
        Assert.That(
            () => new KpinTraining().Run(problem with { Trajectories = [silent with { Times = [], Measurements = [] }] }, network),
            Throws.TypeOf<ModelException>());
    }

    [TestCase(1e-150)]
    [TestCase(1e150)]
    [TestCase(1e300)]
    public void Garbage_ends_training_by_name_and_keeps_the_parameters_finite(double scale)
    {
        KpinProblem problem = MismatchedSpring.Train();
        KpinTrajectory garbage = problem.Trajectories[1] with
        {
            Measurements = [.. problem.Trajectories[1].Measurements.Select((z, k) => k % 2 == 0 ? scale : -scale)],
        };
        KpinNetwork network = Untrained();
        TrainingResult result = new KpinTraining { Trainer = new() { Iterations = 3 } }.Run(
            problem with { Trajectories = [problem.Trajectories[0], garbage] }, network);
        Assert.That(network.Parameters.Values.ToArray().All(double.IsFinite));
        Assert.That(result.Finding is null, Is.EqualTo(result.Status != TrainingStatus.Diverged));
        if (result.Finding is not null)
        {
            Assert.That(result.Finding.What, Does.Contain(garbage.Name));
        }
    }

    [Test]
    public void Fit_on_garbage_names_it_and_returns_the_network_as_far_as_it_came()
    {
        KpinProblem problem = MismatchedSpring.Train();
        KpinTrajectory garbage = problem.Trajectories[1] with
        {
            Measurements = [.. problem.Trajectories[1].Measurements.Select((z, k) => k % 2 == 0 ? 1e300 : -1e300)],
        };
        problem = problem with { Trajectories = [problem.Trajectories[0], garbage] };
        KpinFit fit = new KpinTraining { Trainer = new() { Iterations = 3 } }.Fit(problem, Untrained());
        Assert.That(fit.Network.Parameters.Values.ToArray().All(double.IsFinite));
        Assert.That($"{fit.Finding}", Does.Contain(garbage.Name));
        Assert.That(fit.HeldOut, Is.Null);
    }

    [Test]
    public void Trajectory_without_measurements_and_a_single_one_with_them_can_be_fitted()
    {
        KpinProblem problem = MismatchedSpring.Train();
        KpinTrajectory silent = problem.Trajectories[0] with { Measurements = [.. problem.Trajectories[0].Measurements.Select(_ => double.NaN)] };
        KpinTraining brief = new() { Trainer = new() { Iterations = 2 } };
        KpinFit fit = brief.Fit(problem with { Trajectories = [silent, problem.Trajectories[1]] }, Untrained());
        Assert.That(fit.Finding, Is.Null);
        Assert.That(fit.Parts, Is.Empty);
        Assert.That(double.IsFinite(fit.Foresight));
    }

    [Test]
    public void Trajectories_of_one_measurement_foretell_nothing_and_are_fitted_all_the_same()
    {
        KpinProblem problem = MismatchedSpring.Train();
        problem = problem with
        {
            Trajectories = [.. problem.Trajectories.Take(2).Select(all => all with
            {
                Measurements = [.. all.Measurements.Select((z, k) => k == 0 ? z : double.NaN)],
            })],
        };
        KpinFit fit = new KpinTraining { Trainer = new() { Iterations = 2 } }.Fit(problem, Untrained());
        Assert.That(fit.Finding, Is.Null);
        Assert.That(fit.Foresight, Is.NaN);
        Assert.That(fit.Network.Design.ProcessFactor, Is.EqualTo(1.0));
    }

    [Test]
    public void Fit_needs_two_parts() =>
        Assert.That(() => new KpinTraining { Parts = 1 }.Fit(MismatchedSpring.Train(), Untrained()), Throws.TypeOf<ModelException>());

    [Test]
    public void Settings_of_a_trainer_are_checked_together()
    {
        var trainer = new Trainer { Iterations = 0, ClipNorm = double.NaN, Patience = 0, ShardSize = 0, Threads = 0 };
        ModelException refusal = Assert.Throws<ModelException>(
            () => new KpinTraining { Trainer = trainer }.Run(MismatchedSpring.Train(), Untrained()))!;
        Assert.That(refusal.Findings, Has.Length.EqualTo(5));
    }

    [Test]
    public void A_file_that_is_cut_off_anywhere_is_refused()
    {
        byte[] whole = Bytes(KpinFile.Write(Untrained()));
        for (int length = 0; length < whole.Length; length += length < 64 ? 1 : 97)
        {
            byte[] part = whole[..length];
            Assert.That(() => KpinFile.Read(SafetensorsFile.Parse(part, "part"), "part"), Throws.TypeOf<ModelException>(), $"{length} bytes");
        }
    }

    [Test]
    public void A_file_with_any_byte_of_its_header_changed_is_read_or_refused()
    {
        byte[] whole = Bytes(KpinFile.Write(Untrained()));
        int header = 8 + (int)BitConverter.ToInt64(whole, 0);
        for (int at = 0; at < header; at++)
        {
            foreach (byte value in (byte[])[(byte)'9', (byte)'"', 0])
            {
                byte[] damaged = [.. whole];
                damaged[at] = value;
                try
                {
                    KpinFile.Read(SafetensorsFile.Parse(damaged, "damaged"), "damaged");
                }
                catch (ModelException)
                {
                    // refused by name
                }
            }
        }
    }

    [TestCase("\"states\":2", "\"states\":65536")]
    [TestCase("\"residuals\":1", "\"residuals\":65536")]
    [TestCase("\"noises\":2", "\"noises\":65536")]
    [TestCase("[16,16]", "[65536,65536,65536]")]
    public void A_description_of_more_than_the_file_holds_makes_no_room_for_it(string was, string claim)
    {
        SafetensorsFile file = SafetensorsFile.Parse(Bytes(KpinFile.Write(Untrained())), "test");
        string json = file.Metadata["kpin"];
        Assert.That(json, Does.Contain(was));
        var writer = new SafetensorsWriter().Note("kpin", json.Replace(was, claim, StringComparison.Ordinal));
        foreach (SafetensorsEntry tensor in file.Tensors)
        {
            var values = new double[tensor.Count];
            file.CopyTo(tensor, values);
            writer.Add(tensor.Name, tensor.Shape.AsSpan(), values);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => KpinFile.Read(SafetensorsFile.Parse(Bytes(writer), "test"), "test"), Throws.TypeOf<ModelException>());
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(50_000_000));
    }

    [Test]
    public void A_mode_that_the_network_does_not_know_is_refused()
    {
        KpinProblem problem = MismatchedSpring.Train();
        KpinEstimator estimator = problem.Start(Untrained(), problem.Trajectories[0]);
        Assert.That(() => estimator.Mode = 1, Throws.TypeOf<ModelException>());
        Assert.That(() => estimator.Mode = -1, Throws.TypeOf<ModelException>());
        Assert.That(estimator.Mode, Is.Zero);
    }

    private static KpinNetwork Untrained() => new(
        MismatchedSpring.Design(KpinLevel.ResidualAndNoise, KpinTraining.FeaturesFor(MismatchedSpring.Train())), 2, seed: 1);

    private static byte[] Bytes(SafetensorsWriter writer)
    {
        using var stream = new MemoryStream();
        writer.Write(stream);
        return stream.ToArray();
    }
}
