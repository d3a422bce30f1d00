using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.Estimation.Hybrid;

namespace HybridControl.Tests.Estimation.Models;

/// <summary>Flows that cannot be integrated are answered, and cost no belief.</summary>
public class BadFlowTests
{
    private static readonly LinearMeasurement Look = new(new double[,] { { 1.0 } }, new double[,] { { 0.01 } });

    private static IEnumerable<TestCaseData> Flows
    {
        get
        {
            (string Name, Func<Expr, Expr> Flow)[] flows =
            [
                ("x' = x^2 escapes at 1 s", x => x * x),
                ("x' = sqrt(x - 2) is NaN at once", x => Expr.Sqrt(x - 2.0)),
                ("x' = 1e300 x^3 overflows", x => 1e300 * x * x * x),
                ("x' = 1/(x - 1) is infinite at once", x => 1.0 / (x - 1.0)),
            ];
            foreach ((string name, Func<Expr, Expr> flow) in flows)
            {
                yield return new TestCaseData(flow, null).SetArgDisplayNames(name, "adaptive");
                yield return new TestCaseData(flow, new RungeKutta4 { Step = 0.05 }).SetArgDisplayNames(name, "fixed step");
            }
        }
    }

    [TestCaseSource(nameof(Flows))]
    public void A_flow_without_a_result_costs_no_belief(Func<Expr, Expr> flow, Solver? solver)
    {
        HybridAutomaton automaton = HybridAutomaton.Build("flow", h =>
        {
            Expr x = h.State("x", 1.0);
            h.Mode("only").Flow(x, flow(x));
        });
        var model = FlowTransition.For(automaton, "only", solver, ("x", 0.1));
        var start = GaussianBelief.FromDeviations([1.0], [0.01]);
        IEstimator[] filters =
        [
            new ExtendedKalmanFilter(model, Look, start),
            new UnscentedKalmanFilter(model, Look, start),
            new CubatureKalmanFilter(model, Look, start),
            new ContinuousUnscentedKalmanFilter(model, Look, start),
        ];
        foreach (IEstimator filter in filters)
        {
            double[] mean = filter.Belief.Mean.ToArray();
            Assert.That(filter.Predict(2.0), Is.EqualTo(EstimationStatus.FlowFailed).Or.EqualTo(EstimationStatus.NotFinite), filter.GetType().Name);
            Assert.That(filter.Time, Is.Zero);
            Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(mean));
            Assert.That(filter.Update([1.01]), Is.EqualTo(EstimationStatus.Done));
        }

        IEstimator[] clouds = [new ParticleFilter(model, Look, start, 50, seed: 1), new EnsembleKalmanFilter(model, Look, start, 10, seed: 1)];
        foreach (IEstimator cloud in clouds)
        {
            // Some members may have a result.
            Assert.That(cloud.Predict(2.0), Is.EqualTo(EstimationStatus.FlowFailed).Or.EqualTo(EstimationStatus.Done));
            Assert.That(cloud.Belief.IsFinite);
        }
    }

    // x' = -30 x at a step of 0.05: Q' = -60 Q + B B' changes sign at every step.
    [Test]
    public void A_solver_that_is_too_coarse_is_told_and_a_finer_one_mends_it()
    {
        HybridAutomaton automaton = HybridAutomaton.Build("decay", h =>
        {
            Expr x = h.State("x", 1.0);
            h.Mode("only").Flow(x, -30.0 * x);
        });
        var start = GaussianBelief.FromDeviations([1.0], [0.1]);
        var coarse = FlowTransition.For(automaton, "only", new Euler { Step = 0.05 }, ("x", 0.1));
        var fine = FlowTransition.For(automaton, "only", new Euler { Step = 0.001 }, ("x", 0.1));
        foreach (Func<FlowTransition, IEstimator> make in (Func<FlowTransition, IEstimator>[])
        [
            m => new ExtendedKalmanFilter(m, Look, start), m => new UnscentedKalmanFilter(m, Look, start), m => new UdKalmanFilter(m, Look, start),
            m => new MovingHorizonEstimator(m, Look, start, 3), m => new BufferedEstimator(new CubatureKalmanFilter(m, Look, start), 1.0),
        ])
        {
            IEstimator filter = make(coarse);
            Assert.That(filter.Predict(0.1), Is.EqualTo(EstimationStatus.SolverTooCoarse), filter.GetType().Name);
            Assert.That((filter.Time, filter.Belief.Mean[0], filter.Belief.Deviation(0)), Is.EqualTo((0.0, 1.0, 0.1)));
            Assert.That(filter.Update([0.9]), Is.EqualTo(EstimationStatus.Done));
            Assert.That(make(fine).Predict(0.1), Is.EqualTo(EstimationStatus.Done));
        }
    }

    [Test]
    public void A_hybrid_estimator_whose_flow_ends_keeps_its_belief_and_says_why()
    {
        HybridAutomaton Model(Func<Expr, Expr> flow) => HybridAutomaton.Build("flow", h =>
        {
            Expr x = h.State("x", 1.0);
            h.Mode("only").Flow(x, flow(x));
            h.Estimation(e => e.Measure(x, 0.1).InitialDeviation(x, 0.01).ProcessNoise(x, 0.1));
        });
        (HybridAutomaton, Solver?, EstimationStatus)[] cases =
        [
            (Model(x => x * x), null, EstimationStatus.FlowFailed),
            (Model(x => Expr.Sqrt(x - 2.0)), null, EstimationStatus.FlowFailed),
            (Model(x => -3000.0 * x), new Euler { Step = 0.01 }, EstimationStatus.SolverTooCoarse),
        ];
        foreach ((HybridAutomaton model, Solver? solver, EstimationStatus why) in cases)
        {
            HybridEstimator estimator = HybridEstimator.For(model, options: new HybridEstimatorOptions { Solver = solver });
            Assert.That(estimator.Predict(2.0), Is.EqualTo(why));
            double reached = estimator.Time;
            Assert.That(reached, Is.LessThan(2.0));
            Assert.That(estimator.Belief.IsFinite);
            Assert.That(estimator.Predict(3.0), Is.EqualTo(why), "and again");
            Assert.That(estimator.Update([estimator.Belief.Mean[0]]), Is.EqualTo(EstimationStatus.Done));
            Assert.That(estimator.ModeProbabilities[0], Is.EqualTo(1.0));
            foreach (double far in (double[])[1e200, -1e308, double.MaxValue])
            {
                double mean = estimator.Belief.Mean[0];
                Assert.That(estimator.Update([far]), Is.EqualTo(EstimationStatus.OutOfRange));
                Assert.That(estimator.Belief.Mean[0], Is.EqualTo(mean));
            }
        }
    }

    [Test]
    public void Inputs_that_are_no_numbers_are_answered()
    {
        var model = new LinearTransition(new double[,] { { 1 } }, new double[,] { { 1 } }, new double[,] { { 1 } });
        var start = GaussianBelief.FromDeviations([1.0], [0.01]);
        IEstimator[] filters =
        [
            new KalmanFilter(model, Look, start), new InformationFilter(model, Look, start), new CubatureKalmanFilter(model, Look, start),
            new EnsembleKalmanFilter(model, Look, start, 10, seed: 1), new ParticleFilter(model, Look, start, 10, seed: 1),
        ];
        foreach (IEstimator filter in filters)
        {
            foreach (double input in (double[])[double.NaN, double.PositiveInfinity])
            {
                Assert.That(filter.Predict(1.0, [input]), Is.EqualTo(EstimationStatus.NotFinite).Or.EqualTo(EstimationStatus.FlowFailed), filter.GetType().Name);
                Assert.That(filter.Time, Is.Zero);
                Assert.That(filter.Belief.IsFinite);
            }
        }
    }

    [Test]
    public void A_hybrid_estimator_keeps_its_belief_too()
    {
        foreach (HybridAutomaton automaton in new[] { HybridConsistencyTests.Ball, HybridConsistencyTests.Thermostat })
        {
            HybridEstimator estimator = HybridEstimator.For(automaton);
            Assert.That(estimator.Predict(0.1), Is.EqualTo(EstimationStatus.Done));
            double[] mean = estimator.Belief.Mean.ToArray();
            Assert.That(estimator.Predict(double.NaN), Is.EqualTo(EstimationStatus.OutOfOrder));
            Assert.That(estimator.Predict(0.05), Is.EqualTo(EstimationStatus.OutOfOrder));
            Assert.That(estimator.Predict(double.PositiveInfinity), Is.EqualTo(EstimationStatus.OutOfOrder));
            Assert.That(estimator.Update([double.NaN]), Is.EqualTo(EstimationStatus.Missing));
            Assert.That(estimator.Update([double.PositiveInfinity]), Is.EqualTo(EstimationStatus.InfiniteMeasurement));
            Assert.That(() => estimator.Update([]), Throws.TypeOf<ModelException>());
            Assert.That(() => estimator.Update([1.0, 2.0]), Throws.TypeOf<ModelException>());
            Assert.That(() => estimator.Predict(1.0, [1.0]), Throws.TypeOf<ModelException>());
            Assert.That(() => estimator.Update([1.0], new LinearMeasurement(new double[1, 7], new double[,] { { 1 } })), Throws.TypeOf<ModelException>());
            Assert.That(() => estimator.Set("nothing", 1.0), Throws.TypeOf<ModelException>());
            Assert.That(() => estimator.Set(automaton.States[0].Name, double.NaN), Throws.TypeOf<ModelException>());
            Assert.That(estimator.Belief.Mean.ToArray(), Is.EqualTo(mean));
            Assert.That(estimator.Time, Is.EqualTo(0.1));
            foreach (double far in (double[])[1e200, -1e308, double.MaxValue])
            {
                Assert.That(estimator.Update([far]), Is.EqualTo(EstimationStatus.OutOfRange));
                Assert.That(estimator.Belief.Mean.ToArray(), Is.EqualTo(mean));
            }

            // One that sees the first state without noise pins it; another reading at the same time contradicts it.
            double[,] first = new double[1, estimator.StateCount];
            first[0, 0] = 1.0;
            var exact = new LinearMeasurement(first, new double[1, 1]);
            double seen = mean[0] + 0.01;
            Assert.That(estimator.Update([seen], exact), Is.EqualTo(EstimationStatus.Done));
            Assert.That(estimator.Belief.Mean[0], Is.EqualTo(seen).Within(1e-12));
            Assert.That(estimator.Update([seen + 1.0], exact), Is.EqualTo(EstimationStatus.Contradiction));
            Assert.That(estimator.Belief.Mean[0], Is.EqualTo(seen).Within(1e-12));
            Assert.That(estimator.Predict(0.2), Is.EqualTo(EstimationStatus.Done));

            EstimationStatus large = estimator.Update([1e150]);
            Assert.That(estimator.Belief.IsFinite, $"{large}");
            Assert.That(estimator.LogLikelihood, Is.Not.NaN);
            Assert.That(estimator.ModeProbabilities.ToArray().Sum(), Is.EqualTo(1.0).Within(1e-9));
            Assert.That(estimator.Predict(30.0), Is.EqualTo(EstimationStatus.Done));
            Assert.That(estimator.Belief.IsFinite);
        }
    }
}
