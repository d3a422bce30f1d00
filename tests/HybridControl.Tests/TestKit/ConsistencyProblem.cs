using HybridControl.Estimation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.TestKit;

/// <summary>A model to simulate with its own noise, and to give to an estimator, so that the estimator's assumptions hold.</summary>
/// <remarks>Derive and override <see cref="Simulate"/> where the truth comes from elsewhere, as from an automaton that switches.</remarks>
public class ConsistencyProblem(
    string name, TransitionModel transition, MeasurementModel sensor, GaussianBelief initial, double step, int steps)
{
    public string Name => name;

    public TransitionModel Transition => transition;

    public MeasurementModel Sensor => sensor;

    /// <summary>The belief at time zero, from which the true initial states are drawn.</summary>
    public GaussianBelief Initial => initial;

    /// <summary>Seconds between measurements; the first comes one step after the start.</summary>
    public double Step => step;

    public int Steps => steps;

    /// <summary>A target that moves in the plane with nearly constant velocity; a coordinate is missing now and then.</summary>
    public static ConsistencyProblem Tracking()
    {
        const double T = 0.5;
        const double Density = 0.3;
        var f = new double[4, 4];
        var q = new double[4, 4];
        for (int axis = 0; axis < 4; axis += 2)
        {
            (f[axis, axis], f[axis, axis + 1], f[axis + 1, axis + 1]) = (1.0, T, 1.0);
            (q[axis, axis], q[axis + 1, axis + 1]) = (Density * T * T * T / 3.0, Density * T);
            q[axis, axis + 1] = q[axis + 1, axis] = Density * T * T / 2.0;
        }

        return new ConsistencyProblem(
            "linear tracking",
            new LinearTransition(f, q),
            new LinearMeasurement(new double[,] { { 1, 0, 0, 0 }, { 0, 0, 1, 0 } }, new[,] { { 1.0, 0.2 }, { 0.2, 0.8 } }),
            GaussianBelief.FromDeviations([0, 1, 0, -1], [2, 1, 2, 1]),
            T,
            steps: 25);
    }

    /// <summary>A damped pendulum whose height is measured, close enough to where it is believed for its curvature to matter little.</summary>
    public static ConsistencyProblem Pendulum()
    {
        ExpressionTransition transition = ExpressionTransition.Build(m =>
        {
            Expr angle = m.State("angle");
            Expr rate = m.State("rate");
            m.Next(angle, angle + (m.Step * rate));
            m.Next(rate, rate - (m.Step * ((9.81 * Expr.Sin(angle)) + (0.1 * rate))));
            m.Noise(new[,] { { 8.4e-7, 2.5e-5 }, { 2.5e-5, 1e-3 } });
        });
        return new ConsistencyProblem(
            "pendulum",
            transition,
            new ExpressionMeasurement(
                transition.StateNames,
                [("height", Expr.Sin(Expr.Variable(VariableKind.State, "angle")))],
                new[,] { { 0.0009 } }),
            GaussianBelief.FromDeviations([0.4, 0.0], [0.05, 0.15]),
            step: 0.05,
            steps: 30);
    }

    /// <summary>Simulates one run: states and measurements after each step; NaN where a component is missing.</summary>
    public virtual void Simulate(NormalDraws noise, double[][] states, double[][] measurements)
    {
        int n = Transition.StateCount;
        double[] x = Initial.Mean.ToArray();
        Transition.Geometry.Add(x, noise.Times(Initial.Factor, n));
        var g = new double[n * Transition.NoiseCount];
        var r = new double[Sensor.Count * Sensor.Count];
        for (int k = 0; k < Steps; k++)
        {
            (double from, double to) = (k * Step, (k + 1) * Step);
            Assert.That(Transition.Noise(from, to, x, [], g) && Transition.Propagate(from, to, x, [], states[k]));
            Transition.Geometry.Add(states[k], noise.Times(g, n));
            x = states[k];
            Sensor.Predict(to, x, measurements[k]);
            Sensor.Noise(to, x, r);
            Sensor.Geometry.Add(measurements[k], noise.Times(r, Sensor.Count));
            if (Sensor.Count > 1 && k % 5 == 3)
            {
                measurements[k][k % Sensor.Count] = double.NaN;
            }
        }
    }

    public override string ToString() => Name;
}
