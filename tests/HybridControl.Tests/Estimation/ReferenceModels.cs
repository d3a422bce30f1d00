using System.Text.Json;
using HybridControl.Estimation;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

/// <summary>Models of the reference data as a user would write them.</summary>
internal static class ReferenceModels
{
    /// <summary>The pendulum of estimation.json: Euler's rule, measured through the sine of its angle.</summary>
    public static (ExpressionTransition Transition, ExpressionMeasurement Sensor) Pendulum(JsonElement data)
    {
        (double g, double c) = (data.Number("g"), data.Number("c"));
        ExpressionTransition transition = ExpressionTransition.Build(m =>
        {
            Expr angle = m.State("angle");
            Expr rate = m.State("rate");
            m.Next(angle, angle + (m.Step * rate));
            m.Next(rate, rate - (m.Step * ((g * Expr.Sin(angle)) + (c * rate))));
            m.Noise(data.Matrix("Q"));
        });
        var sensor = new ExpressionMeasurement(
            transition.StateNames, [("height", Expr.Sin(Expr.Variable(VariableKind.State, "angle")))], data.Matrix("R"));
        return (transition, sensor);
    }

    /// <summary>Asserts that a filter of the pendulum gives the means, last covariance and likelihood under a name.</summary>
    public static void AssertPendulum(string name, Func<TransitionModel, MeasurementModel, GaussianBelief, IEstimator> make, double tolerance)
    {
        JsonElement data = ReferenceData.Estimation("pendulum");
        JsonElement expected = data.GetProperty("results").GetProperty(name);
        (ExpressionTransition transition, ExpressionMeasurement sensor) = Pendulum(data);
        IEstimator filter = make(transition, sensor, GaussianBelief.FromCovariance(data.Vector("x0"), data.Flat("P0")));
        double[] index = data.Vector("index0");
        double[][] means = expected.Rows("x");
        double[][] measurements = data.Rows("Y");
        for (int k = 0; k < measurements.Length; k++)
        {
            filter.Predict((k + 1) * data.Number("dt"));
            Assert.That(filter.Update(measurements[k]), Is.EqualTo(EstimationStatus.Done));
            int at = Array.IndexOf(index, k);
            if (at >= 0)
            {
                Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(means[at]).Within(tolerance), $"step {k}");
            }
        }

        Assert.That(filter.Belief.Covariance(), Is.EqualTo(expected.Flat("P_last")).Within(tolerance));
        Assert.That(filter.LogLikelihood, Is.EqualTo(expected.Number("loglik")).Within(tolerance));
    }

    /// <summary>A random linear system of which some combinations of states are measured, the noise covariances semidefinite or not.</summary>
    public static (LinearTransition Transition, LinearMeasurement Sensor, GaussianBelief Initial) RandomLinear(
        int n, int m, ulong seed, double processNoise = 0.1)
    {
        var noise = new NormalDraws(seed, n);
        double[,] f = Draw(noise, n, n, 0.7 / Math.Sqrt(n));
        for (int i = 0; i < n; i++)
        {
            f[i, i] += 0.5;
        }

        var x = new double[n];
        var factor = new double[n * n];
        noise.Fill(x);
        noise.Fill(factor);
        return (
            new LinearTransition(f, Square(Draw(noise, n, n - 1, processNoise))),
            new LinearMeasurement(Draw(noise, m, n, 1.0), Square(Draw(noise, m, m, 0.5))),
            GaussianBelief.FromFactor(x, factor));
    }

    /// <summary>The tracker of estimation.json, before its first prediction.</summary>
    public static KalmanFilter Tracker(JsonElement data) => new(
        new LinearTransition(data.Matrix("F"), data.Matrix("Q")),
        new LinearMeasurement(data.Matrix("H"), data.Matrix("R")),
        GaussianBelief.FromCovariance(data.Vector("x0"), data.Flat("P0")));

    /// <summary>The local level of the river Nile, at the first year.</summary>
    public static KalmanFilter Nile(JsonElement data) => new(
        new LinearTransition(new[,] { { 1.0 } }, new[,] { { data.Number("sigma2_eta") } }),
        new LinearMeasurement(new[,] { { 1.0 } }, new[,] { { data.Number("sigma2_eps") } }),
        GaussianBelief.FromCovariance([data.Number("a1")], [data.Number("P1")]));

    private static double[,] Draw(NormalDraws noise, int rows, int columns, double scale)
    {
        var matrix = new double[rows, columns];
        for (int i = 0; i < matrix.Length; i++)
        {
            matrix[i / columns, i % columns] = scale * noise.Next();
        }

        return matrix;
    }

    private static double[,] Square(double[,] a)
    {
        int n = a.GetLength(0);
        var square = new double[n, n];
        for (int i = 0; i < n * n; i++)
        {
            for (int k = 0; k < a.GetLength(1); k++)
            {
                square[i / n, i % n] += a[i / n, k] * a[i % n, k];
            }
        }

        return square;
    }

    /// <summary>The thermostat of estimation.json: off and on with soft guards, drawn before each step.</summary>
    public static (TransitionPropagator Propagator, LinearMeasurement Sensor) Thermostat(JsonElement p)
    {
        double[] surroundings = p.Vector("Tamb");
        (double a, double q, double k) = (p.Number("a"), p.Number("qstd"), p.Number("ks"));
        TransitionModel Model(double ambient) => ExpressionTransition.Build(m =>
        {
            Expr state = m.State("x");
            m.Next(state, state + (m.Step * a * (ambient - state)));
            m.Noise(new[,] { { q * q } });
        });
        Expr x = Expr.Variable(VariableKind.State, "x");
        static Expr Sigmoid(Expr z) => 1.0 / (1.0 + Expr.Exp(-z));
        var switching = new ExpressionSwitching(
            ["x"], 2, (0, 1, Sigmoid(k * (p.Number("lo") - x))), (1, 0, Sigmoid(k * (x - p.Number("hi")))));
        double r = p.Number("rstd");
        return (
            new TransitionPropagator([("off", Model(surroundings[0])), ("on", Model(surroundings[1]))], switching),
            new LinearMeasurement(new[,] { { 1.0 } }, new[,] { { r * r } }));
    }

    /// <summary>The univariate nonlinear growth model of estimation.json.</summary>
    public static (ExpressionTransition Transition, ExpressionMeasurement Sensor) NonlinearGrowth(JsonElement data)
    {
        ExpressionTransition transition = ExpressionTransition.Build(m =>
        {
            Expr state = m.State("x");
            m.Next(state, (0.5 * state) + (25.0 * state / (1.0 + (state * state))) + (8.0 * Expr.Cos(1.2 * (m.Time + m.Step))));
            m.Noise(new[,] { { data.Number("Q") } });
        });
        Expr x = Expr.Variable(VariableKind.State, "x");
        return (transition, new ExpressionMeasurement(["x"], [("z", x * x / 20.0)], new[,] { { data.Number("R") } }));
    }
}
