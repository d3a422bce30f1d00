using HybridControl.Automata;
using HybridControl.Estimation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

public class ContinuousUnscentedKalmanFilterTests
{
    private static readonly Solver Tight = new DormandPrince5 { RelativeTolerance = 1e-11, AbsoluteTolerance = 1e-13 };

    private static HybridAutomaton Pendulum { get; } = HybridAutomaton.Build("pendulum", h =>
    {
        (Expr angle, Expr rate) = (h.State("angle"), h.State("rate"));
        h.Mode("only").Flow((angle, rate), (rate, (-9.81 * Expr.Sin(angle)) - (0.1 * rate)));
    });

    private static ExpressionMeasurement Height { get; } =
        new(["angle", "rate"], [("height", Expr.Sin(Expr.Variable(VariableKind.State, "angle")))], new[,] { { 0.0009 } });

    [TestCase(1.0, 0.5)]
    [TestCase(0.0, 0.5)]
    [TestCase(0.0, 0.0)]
    public void A_linear_flow_is_filtered_as_by_the_exact_discretisation(double positionDeviation, double rateDeviation)
    {
        // A noise-driven oscillator, from certain, partly certain and uncertain beliefs.
        HybridAutomaton oscillator = HybridAutomaton.Build("oscillator", h =>
        {
            (Expr x, Expr v) = (h.State("x"), h.State("v"));
            h.Mode("only").Flow((x, v), (v, (-4.0 * x) - (0.3 * v)));
        });
        GaussianBelief initial = GaussianBelief.FromDeviations([1.0, 0.0], [positionDeviation, rateDeviation]);
        var sensor = new LinearMeasurement(new[,] { { 1.0, 0.0 } }, new[,] { { 0.04 } });
        var exact = new KalmanFilter(
            new ContinuousLinearTransition(new[,] { { 0.0, 1.0 }, { -4.0, -0.3 } }, new[,] { { 0.0, 0.0 }, { 0.0, 0.49 } }), sensor, initial);
        var filter = new ContinuousUnscentedKalmanFilter(FlowTransition.For(oscillator, "only", Tight, ("v", 0.7)), sensor, initial);
        ForwardRecord[] records = [new(exact), new(filter)];
        for (int k = 1; k <= 8; k++)
        {
            Assert.That(filter.Predict(0.4 * k), Is.EqualTo(EstimationStatus.Done));
            exact.Predict(0.4 * k);
            AssertClose(filter.Belief, exact.Belief, 1e-8);
            filter.Update([Math.Sin(k)]);
            exact.Update([Math.Sin(k)]);
        }

        IReadOnlyList<TimedBelief>[] smoothed = [.. records.Select(RauchTungStriebelSmoother.Smooth)];
        for (int k = 0; k <= 8; k++)
        {
            AssertClose(smoothed[1][k].Belief, smoothed[0][k].Belief, 1e-6);
        }
    }

    [Test]
    public void Without_noise_a_belief_of_a_single_direction_stays_one()
    {
        HybridAutomaton oscillator = HybridAutomaton.Build("oscillator", h =>
        {
            (Expr x, Expr v) = (h.State("x"), h.State("v"));
            h.Mode("only").Flow((x, v), (v, -x));
        });
        var filter = new ContinuousUnscentedKalmanFilter(
            FlowTransition.For(oscillator, "only", Tight), null, GaussianBelief.FromFactor([1.0, 0.0], [0.3, 0.4]));
        Assert.That(filter.Predict(1.0), Is.EqualTo(EstimationStatus.Done));
        double x = (0.3 * Math.Cos(1.0)) + (0.4 * Math.Sin(1.0));
        double v = (0.4 * Math.Cos(1.0)) - (0.3 * Math.Sin(1.0));
        Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(new[] { Math.Cos(1.0), -Math.Sin(1.0) }).Within(1e-10));
        Assert.That(filter.Belief.Covariance(), Is.EqualTo(new[] { x * x, x * v, x * v, v * v }).Within(1e-10));
    }

    [Test]
    public void Van_der_Pol_follows_the_moment_equations([Values(0.5, 1.0)] double alpha)
    {
        HybridAutomaton oscillator = HybridAutomaton.Build("oscillator", h =>
        {
            (Expr x, Expr v) = (h.State("x"), h.State("v"));
            h.Mode("only").Flow((x, v), (v, ((1.0 - (x * x)) * v) - x));
        });
        var filter = new ContinuousUnscentedKalmanFilter(
            FlowTransition.For(oscillator, "only", Tight, ("v", 0.4)), null, GaussianBelief.FromDeviations([1.2, 0.3], [0.4, 0.5]))
        {
            Spread = new(alpha),
        };
        filter.Predict(1.5);

        // m and P themselves by the classical rule of Runge and Kutta.
        double[] y = [1.2, 0.3, 0.16, 0.0, 0.25];
        const int Steps = 2000;
        double h = 1.5 / Steps;
        for (int k = 0; k < Steps; k++)
        {
            double[] k1 = Rates(y);
            double[] k2 = Rates(Plus(y, k1, h / 2.0));
            double[] k3 = Rates(Plus(y, k2, h / 2.0));
            double[] k4 = Rates(Plus(y, k3, h));
            y = [.. y.Select((value, i) => value + (h / 6.0 * (k1[i] + (2.0 * k2[i]) + (2.0 * k3[i]) + k4[i])))];
        }

        Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(y[..2]).Within(1e-8));
        Assert.That(filter.Belief.Covariance(), Is.EqualTo(new[] { y[2], y[3], y[3], y[4] }).Within(1e-8));

        double[] Rates(double[] state)
        {
            double a = Math.Sqrt(state[2]);
            double b = state[3] / a;
            double c = Math.Sqrt(state[4] - (b * b));
            double scale = alpha * Math.Sqrt(2.0);
            double weight = 0.25 / (alpha * alpha);
            (double X, double V, double W)[] points =
            [
                (0.0, 0.0, 1.0 - (4.0 * weight)), (scale * a, scale * b, weight), (-scale * a, -scale * b, weight),
                (0.0, scale * c, weight), (0.0, -scale * c, weight),
            ];
            var rates = new double[5];
            foreach ((double dx, double dv, double w) in points)
            {
                (double px, double pv) = (state[0] + dx, state[1] + dv);
                (double fx, double fv) = (pv, ((1.0 - (px * px)) * pv) - px);
                rates[0] += w * fx;
                rates[1] += w * fv;
                rates[2] += w * 2.0 * dx * fx;
                rates[3] += w * ((dx * fv) + (dv * fx));
                rates[4] += w * 2.0 * dv * fv;
            }

            rates[4] += 0.16;
            return rates;
        }

        static double[] Plus(double[] state, double[] rates, double h) => [.. state.Select((value, i) => value + (h * rates[i]))];
    }

    [Test]
    public void Errors_and_innovations_of_a_flow_lie_inside_their_bands() => FilterConsistency.Require(
        new ConsistencyProblem(
            "pendulum flow", FlowTransition.For(Pendulum, "only", ("rate", 0.14)), Height, GaussianBelief.FromDeviations([0.4, 0.0], [0.05, 0.15]), 0.05, 15),
        problem => new ContinuousUnscentedKalmanFilter((FlowTransition)problem.Transition, problem.Sensor, problem.Initial));

    [Test]
    public void A_flow_is_filtered_by_every_sigma_point_filter_alike_and_without_allocation()
    {
        GaussianBelief initial = GaussianBelief.FromDeviations([0.4, 0.0], [0.05, 0.15]);
        GaussianFilter[] filters =
        [
            new ContinuousUnscentedKalmanFilter(FlowTransition.For(Pendulum, "only", ("rate", 0.1)), Height, initial),
            new UnscentedKalmanFilter(FlowTransition.For(Pendulum, "only", ("rate", 0.1)), Height, initial),
            new CubatureKalmanFilter(FlowTransition.For(Pendulum, "only", ("rate", 0.1)), Height, initial),
        ];
        double apart = 0.0;
        Allocations.None(
            k =>
            {
                foreach (GaussianFilter filter in filters)
                {
                    filter.Predict(0.05 * k);
                    filter.Update([0.39 * Math.Cos(3.1 * 0.05 * k)]);
                    apart = Math.Max(apart, Math.Abs(filter.Belief.Mean[0] - filters[0].Belief.Mean[0]));
                }
            },
            first: 1,
            warmUp: 1,
            calls: 19);
        Assert.That(apart, Is.LessThan(2e-4));
    }

    private static void AssertClose(GaussianBelief actual, GaussianBelief expected, double tolerance)
    {
        Assert.That(actual.Mean.ToArray(), Is.EqualTo(expected.Mean.ToArray()).Within(tolerance));
        Assert.That(actual.Covariance(), Is.EqualTo(expected.Covariance()).Within(tolerance));
    }
}
