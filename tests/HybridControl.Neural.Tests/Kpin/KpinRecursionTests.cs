using HybridControl.Estimation;
using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Kpin;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Neural.Tests.Kpin;

/// <summary>The recursion on the tape against the estimator of the core, and its gradient against differences.</summary>
public class KpinRecursionTests
{
    private const KpinInputs All = KpinInputs.Input | KpinInputs.Innovation | KpinInputs.Correction | KpinInputs.Step | KpinInputs.Mode;

    [Test]
    public void Loss_is_the_likelihood_that_the_estimator_finds(
        [Values] KpinLevel level, [Values(KpinInputs.None, All)] KpinInputs use, [Values] bool isLinear, [Values(1000, 5)] int window)
    {
        KpinProblem problem = isLinear ? Linear() : Pendulum();
        KpinNetwork network = Network(problem, level, use, seed: 3);
        var task = new KpinTask(problem, network, new KpinLoss { NoiseScale = 0.0 }, window, seed: 1, validation: null);
        double loss = task.Accumulate(new Tape(), 0, 2, 0, new double[network.Parameters.Length]).Loss;
        Assert.That(loss, Is.EqualTo(KpinScore.Of(problem, network).NegativeLogLikelihood).Within(1e-9));
    }

    [Test]
    public void Gradient_equals_central_differences([Values] KpinLevel level, [Values(KpinInputs.None, All)] KpinInputs use, [Values] bool isLinear)
    {
        KpinProblem problem = isLinear ? Linear() : Pendulum();
        KpinNetwork network = Network(problem, level, use, seed: 5);
        var loss = new KpinLoss
        {
            State = 0.7,
            SquaredError = 0.3,
            Overshoot = 0.5,
            Horizon = 3,
            Residual = 0.2,
            NoiseScale = 0.3,
            Jacobian = 0.1,
        };
        var task = new KpinTask(problem, network, loss, 1000, seed: 1, validation: null);
        var gradient = new double[network.Parameters.Length];
        task.Accumulate(new Tape(), 0, 2, 0, gradient);
        double largest = 0.0;

        // Every ninth parameter; all parts of the network are among them.
        for (int i = 0; i < gradient.Length; i += 9)
        {
            double at = network.Parameters.Values[i];
            double Difference(double h) => (Loss(at + h) - Loss(at - h)) / (2.0 * h);
            double Loss(double value)
            {
                network.Parameters.Values[i] = value;
                double sum = task.Accumulate(new Tape(), 0, 2, 0, new double[gradient.Length]).Loss;
                network.Parameters.Values[i] = at;
                return sum;
            }

            double expected = ((4.0 * Difference(5e-4)) - Difference(1e-3)) / 3.0;
            largest = Math.Max(largest, Math.Abs(gradient[i] - expected) / Math.Max(1.0, Math.Abs(expected)));
        }

        Assert.That(largest, Is.LessThan(1e-7));
    }

    [Test]
    public void Untrained_network_leaves_the_filter_bit_for_bit([Values] KpinLevel level)
    {
        KpinProblem problem = Pendulum();
        KpinDesign design = Design(problem, level, All) with { ProcessFactor = 1.0, MeasurementFactor = 1.0 };
        var network = new KpinNetwork(design, 2, seed: 1);
        foreach (KpinTrajectory trajectory in problem.Trajectories)
        {
            KpinEstimator kpin = problem.Start(network, trajectory);
            ExtendedKalmanFilter plain = problem.StartNominal(trajectory);
            var means = new List<double>();
            problem.Run(plain, trajectory, _ => means.AddRange([.. plain.Belief.Mean, .. plain.Belief.Factor]));
            var learned = new List<double>();
            problem.Run(kpin, trajectory, _ => learned.AddRange([.. kpin.Belief.Mean, .. kpin.Belief.Factor]));
            Assert.That(learned.Select(BitConverter.DoubleToInt64Bits), Is.EqualTo(means.Select(BitConverter.DoubleToInt64Bits)));
        }
    }

    [Test]
    public void Step_with_a_network_allocates_nothing()
    {
        KpinProblem problem = Linear();
        KpinEstimator kpin = problem.Start(Network(problem, KpinLevel.Gain, All, seed: 1), problem.Trajectories[0]);
        double[] z = [0.1, 0.2];
        double[] u = [0.3];
        Allocations.None(
            k =>
            {
                kpin.Predict(0.1 * k, u);
                kpin.Update(z);
            },
            first: 1,
            warmUp: 2,
            calls: 20);
    }

    private static KpinDesign Design(KpinProblem problem, KpinLevel level, KpinInputs use)
    {
        int n = problem.Transition.StateCount;
        var features = new KpinFeatures(n, problem.Transition.InputCount, problem.Sensor.Count, use, modes: 2)
        {
            StateCenter = [.. Enumerable.Repeat(0.1, n)],
            StateScale = [.. Enumerable.Repeat(1.3, n)],
            StepScale = 0.1,
        };
        var influence = new double[n, 2];
        (influence[n - 1, 0], influence[0, 1], influence[0, 0]) = (1.0, 0.4, 0.05);
        return new(level, features, influence, 1.5, 0.7) { ProcessFactor = 1.2, MeasurementFactor = 0.9 };
    }

    private static KpinNetwork Network(KpinProblem problem, KpinLevel level, KpinInputs use, ulong seed)
    {
        var network = new KpinNetwork(Design(problem, level, use), problem.Transition.NoiseCount, seed, 6, 5);
        Gradients.Random(network.Parameters.Length, seed, -0.4, 0.4).CopyTo(network.Parameters.Values);
        return network;
    }

    // Two trajectories of different lengths, with an input, steps of different lengths, and components that are missing.
    private static KpinProblem Linear() => new(
        new ContinuousLinearTransition(new[,] { { 0.0, 1.0 }, { -4.0, -0.3 } }, new[,] { { 0.01, 0.0 }, { 0.0, 0.2 } }, new[,] { { 0.0 }, { 1.0 } }),
        new LinearMeasurement(new[,] { { 1.0, 0.0 }, { 0.5, 1.0 } }, new[,] { { 0.1, 0.02 }, { 0.02, 0.2 } }),
        GaussianBelief.FromDeviations([0.2, -0.1], [0.8, 0.6]),
        [Trajectory("a", 11, 2, 1, 2), Trajectory("b", 8, 2, 1, 2)]);

    private static KpinProblem Pendulum()
    {
        ExpressionTransition transition = ExpressionTransition.Build(m =>
        {
            Expr angle = m.State("angle");
            Expr rate = m.State("rate");
            Expr push = m.Input("push");
            m.Next(angle, angle + (m.Step * rate));
            m.Next(rate, rate - (m.Step * ((9.81 * Expr.Sin(angle)) - push)));
            m.NoiseFactor(new Expr[,] { { 0.05, 0.0 }, { 0.01 * angle, 0.2 } });
        });
        Expr seen = Expr.Variable(VariableKind.State, "angle");
        return new(
            transition,
            new ExpressionMeasurement(transition.StateNames, [("height", Expr.Sin(seen))], new[,] { { 0.02 } }),
            GaussianBelief.FromDeviations([0.3, 0.1], [0.3, 0.4]),
            [Trajectory("a", 11, 1, 1, 2), Trajectory("b", 8, 1, 1, 2)]);
    }

    private static KpinTrajectory Trajectory(string name, int count, int measurements, int inputs, int states)
    {
        double[] z = Gradients.Random(count * measurements, (ulong)count);
        for (int i = 3; i < z.Length; i += 5)
        {
            z[i] = double.NaN;
        }

        return new()
        {
            Name = name,
            Times = [.. Enumerable.Range(1, count).Select(k => (0.1 * k) + (0.02 * (k % 3)))],
            Measurements = [.. z],
            Inputs = [.. Gradients.Random(count * inputs, (ulong)(count + 1))],
            States = [.. Gradients.Random(count * states, (ulong)(count + 2))],
        };
    }
}
