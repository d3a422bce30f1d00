using HybridControl.Neural.Kpin;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Neural.Training;

namespace HybridControl.Neural.Tests.Kpin;

public class KalmanNetTests
{
    [Test]
    public void Untrained_gain_is_zero_so_that_the_model_runs_alone()
    {
        KpinProblem test = MismatchedSpring.Test();
        double[] states = new KalmanNet(2, 1, 8, seed: 1).Run(test, test.Trajectories[0]);
        Assert.That(states, Is.All.Zero, "the model stays at the origin where it is believed to start");
    }

    [Test]
    public void Learned_gain_lowers_the_error()
    {
        KpinProblem train = MismatchedSpring.Train(withStates: true);
        var network = new KalmanNet(2, 1, 8, seed: 1);
        TrainingResult result = network.Train(train, new Trainer { Iterations = 40 });
        Assert.Multiple(() =>
        {
            Assert.That(result.Status, Is.EqualTo(TrainingStatus.Completed));
            Assert.That(result.BestLoss, Is.LessThan(0.2 * result.Losses[0]));
            Assert.That(Error(train, network), Is.EqualTo(result.BestLoss).Within(1e-9));
        });
    }

    [Test]
    public void Training_without_true_states_is_refused() => Assert.That(
        () => new KalmanNet(2, 1, 8, seed: 1).Train(MismatchedSpring.Train(), new Trainer()),
        Throws.InstanceOf<HybridControl.Diagnostics.ModelException>().With.Message.Contains("true states"));

    private static double Error(KpinProblem problem, KalmanNet network)
    {
        double sum = 0.0;
        foreach (KpinTrajectory trajectory in problem.Trajectories)
        {
            sum += network.Run(problem, trajectory).Zip(trajectory.States, (a, b) => (a - b) * (a - b)).Sum();
        }

        return sum / problem.Trajectories.Sum(trajectory => trajectory.Count);
    }
}
