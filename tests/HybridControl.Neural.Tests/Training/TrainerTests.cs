using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Neural.Training;

namespace HybridControl.Neural.Tests.Training;

public class TrainerTests
{
    [Test]
    public void Network_learns_a_curve()
    {
        (ParameterSet parameters, Curve task) = Start();
        TrainingResult result = new Trainer { Iterations = 800, Rate = new CosineSchedule(5e-2, 1e-2), ShardSize = 16 }.Run(task, parameters);
        Assert.Multiple(() =>
        {
            Assert.That(result.Status, Is.EqualTo(TrainingStatus.Completed));
            Assert.That(result.Losses, Has.Length.EqualTo(801));
            Assert.That(result.BestLoss, Is.LessThan(result.Losses[0] / 1000.0));
            Assert.That(result.BestLoss, Is.EqualTo(result.Losses.Min()));
        });
    }

    [Test]
    public void Result_does_not_depend_on_the_number_of_threads()
    {
        double[] Train(int threads)
        {
            (ParameterSet parameters, Curve task) = Start();
            new Trainer { Iterations = 30, ShardSize = 7, Threads = threads }.Run(task, parameters);
            return parameters.Values.ToArray();
        }

        Assert.That(Train(1), Is.EqualTo(Train(4)));
    }

    [Test]
    public void Sample_that_makes_training_diverge_is_named_and_good_parameters_are_kept()
    {
        (ParameterSet parameters, Curve task) = Start();
        task.BreakAt = (Iteration: 5, Sample: 20);
        TrainingResult result = new Trainer { Iterations = 30, ShardSize = 16 }.Run(task, parameters);
        double kept = Loss(task, parameters);
        Assert.Multiple(() =>
        {
            Assert.That(result.Status, Is.EqualTo(TrainingStatus.Diverged));
            Assert.That(result.Finding!.Where, Does.Contain("iteration 5"));
            Assert.That(result.Finding.What, Does.Contain("sample 20"));
            Assert.That(kept, Is.EqualTo(result.BestLoss).Within(1e-12));
            Assert.That(result.BestIteration, Is.LessThan(5));
        });
    }

    [Test]
    public void Training_stops_when_patience_ends()
    {
        (ParameterSet parameters, Curve task) = Start();
        task.Validation = iteration => iteration < 3 ? 10.0 - iteration : 8.5;
        TrainingResult result = new Trainer { Iterations = 100, Patience = 10 }.Run(task, parameters);
        Assert.Multiple(() =>
        {
            Assert.That(result.Status, Is.EqualTo(TrainingStatus.StoppedEarly));
            Assert.That(result.BestIteration, Is.EqualTo(2));
            Assert.That(result.Losses, Has.Length.EqualTo(13));
        });
    }

    [Test]
    public void Cancelled_training_keeps_what_it_has()
    {
        (ParameterSet parameters, Curve task) = Start();
        using var source = new CancellationTokenSource();
        var trainer = new Trainer { Iterations = 100, Progress = (iteration, _) => Stop(iteration, source) };
        TrainingResult result = trainer.Run(task, parameters, source.Token);
        Assert.Multiple(() =>
        {
            Assert.That(result.Status, Is.EqualTo(TrainingStatus.Cancelled));
            Assert.That(result.Losses, Has.Length.EqualTo(8));
            Assert.That(Loss(task, parameters), Is.EqualTo(result.BestLoss).Within(1e-12));
        });

        static void Stop(int iteration, CancellationTokenSource source)
        {
            if (iteration == 7)
            {
                source.Cancel();
            }
        }
    }

    [Test]
    public void Settings_out_of_range_are_refused_with_every_finding()
    {
        (ParameterSet parameters, Curve task) = Start();
        var trainer = new Trainer { Iterations = 0, ShardSize = 0, Patience = 0, ClipNorm = double.NaN, Threads = 0 };
        var fault = Assert.Throws<HybridControl.Diagnostics.ModelException>(() => trainer.Run(task, parameters));
        Assert.That(fault.Findings, Has.Length.EqualTo(5));
    }

    [Test]
    public void Rate_falls_along_half_a_cosine()
    {
        var schedule = new CosineSchedule(1.0, 0.2);
        Assert.Multiple(() =>
        {
            Assert.That(schedule.At(0, 101), Is.EqualTo(1.0));
            Assert.That(schedule.At(50, 101), Is.EqualTo(0.6).Within(1e-15));
            Assert.That(schedule.At(100, 101), Is.EqualTo(0.2).Within(1e-15));
        });
    }

    [Test]
    public void First_step_of_Adam_has_the_length_of_the_rate_and_decay_is_apart()
    {
        double[] values = [1.0, -2.0];
        new AdamW { WeightDecay = 0.5 }.Start(2).Step(values, [3.0, -1e-3], 0.1);
        Assert.That(values, Is.EqualTo(new[] { 1.0 - 0.1 - 0.05, -2.0 + 0.1 + 0.1 }).Within(2e-6));
    }

    [Test]
    public void Long_gradient_is_scaled_and_short_one_is_not()
    {
        double[] lengthy = [3.0, 4.0];
        double[] brief = [0.3, 0.4];
        Assert.Multiple(() =>
        {
            Assert.That(GradientNorm.Clip(lengthy, 1.0), Is.EqualTo(5.0));
            Assert.That(lengthy, Is.EqualTo(new[] { 0.6, 0.8 }).Within(1e-15));
            Assert.That(GradientNorm.Clip(brief, 1.0), Is.EqualTo(0.5).Within(1e-15));
            Assert.That(brief, Is.EqualTo(new[] { 0.3, 0.4 }));
        });
    }

    private static double Loss(Curve task, ParameterSet parameters) =>
        task.Accumulate(new Tape(), 0, task.Samples, 0, new double[parameters.Length]).Loss;

    private static (ParameterSet Parameters, Curve Task) Start() => Curve.Start();
}
