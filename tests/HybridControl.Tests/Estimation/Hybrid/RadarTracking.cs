using HybridControl.Automata;
using HybridControl.Estimation;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.Models;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation.Hybrid;

/// <summary>models/manoeuvring-aircraft.json seen by two radars of different rates, some of whose scans are missing.</summary>
internal sealed class RadarTracking
{
    private const double End = 500.0;
    private const double RangeDeviation = 50.0;
    private const double BearingDeviation = 0.2 * Math.PI / 180.0;
    private static readonly (double East, double North, double Period, double First)[] Sites =
        [(-5_000.0, 0.0, 4.0, 4.0), (15_000.0, -12_000.0, 5.0, 6.3)];

    private readonly Dictionary<(string, double, double), FlowTransition> _models = [];
    private readonly HybridAutomaton _aircraft = ModelLibrary.Load("manoeuvring-aircraft");
    private readonly ExpressionMeasurement[] _sensors;
    private readonly GaussianBelief _start = GaussianBelief.FromDeviations([25_000, 10_000, -110, 10, 0], [500, 500, 30, 30, 0.01]);
    private readonly (double Time, int Site, double[] State, bool IsTurning)[] _scans;

    public RadarTracking()
    {
        Trajectory truth = _aircraft.Simulate(until: End);
        string[] states = [.. _aircraft.States.Select(state => state.Name)];
        _sensors = [.. Sites.Select(site => Radar(states, site.East, site.North))];
        _scans =
        [
            .. Sites.SelectMany((site, i) => Enumerable.Range(0, (int)((End - site.First) / site.Period))
                    .Select(k => (Time: site.First + (k * site.Period), Site: i)))
                .OrderBy(scan => scan.Time)
                .Select(scan => (
                    scan.Time,
                    scan.Site,
                    states.Select(name => truth.Value(name, scan.Time)).ToArray(),
                    truth.Segments.Last(segment => segment.Start <= scan.Time).Mode == "turn")),
        ];
    }

    /// <summary>The model of a mode with diffusions of velocity and turn rate.</summary>
    public TransitionModel Model(string mode, double velocity, double turnRate)
    {
        if (!_models.TryGetValue((mode, velocity, turnRate), out FlowTransition? model))
        {
            model = FlowTransition.For(
                _aircraft, mode, new DormandPrince5 { RelativeTolerance = 1e-6, AbsoluteTolerance = 1e-10 }, ("vEast", velocity), ("vNorth", velocity), ("turnRate", turnRate));
            _models.Add((mode, velocity, turnRate), model);
        }

        return model;
    }

    /// <summary>The belief at the start.</summary>
    public GaussianBelief Start => _start;

    /// <summary>One filter with the model of one mode.</summary>
    public ExtendedKalmanFilter One(string mode, double velocity, double turnRate) => new(Model(mode, velocity, turnRate), null, _start);

    /// <summary>A filter for each mode.</summary>
    public InteractingMultipleModel Both(Func<TransitionModel, GaussianFilter> filter) => new(
        [filter(Model("cruise", 0.1, 0.02)), filter(Model("turn", 1.0, 0.0005))],
        MarkovChain.FromRates([-0.01, 0.01], [0.02, -0.02]),
        [0.9, 0.1]);

    /// <summary>Root mean square errors of position and velocity after 30 s, mean NEES of both, and mean probabilities of the turn.</summary>
    public Score Judge(Func<IEstimator> make, int firstRun, int runs)
    {
        var score = new Score();
        for (int run = firstRun; run < firstRun + runs; run++)
        {
            IEstimator estimator = make();
            var noise = new NormalDraws(41, run);
            for (int k = 0; k < _scans.Length; k++)
            {
                (double time, int site, double[] state, bool isTurning) = _scans[k];
                double[] z = Measure(site, state, noise);
                Assert.That(estimator.Predict(time), Is.EqualTo(EstimationStatus.Done));
                Assert.That(
                    estimator.Update(z, _sensors[site]),
                    Is.EqualTo(double.IsNaN(z[0]) ? EstimationStatus.Missing : EstimationStatus.Done));
                if (time > 30.0)
                {
                    score.Add(estimator, state, isTurning);
                }
            }
        }

        return score;
    }

    private double[] Measure(int site, double[] state, NormalDraws noise)
    {
        double[] z = new double[2];
        _sensors[site].Predict(0.0, state, z);
        z[0] += RangeDeviation * noise.Next();
        z[1] += BearingDeviation * noise.Next();
        return noise.Next() < -1.2815515655446004 ? [double.NaN, double.NaN] : z; // one in ten
    }

    private static ExpressionMeasurement Radar(string[] states, double siteEast, double siteNorth)
    {
        Expr east = Expr.Variable(VariableKind.State, "east") - siteEast;
        Expr north = Expr.Variable(VariableKind.State, "north") - siteNorth;
        return new ExpressionMeasurement(
            states,
            [("range", Expr.Hypot(east, north)), ("bearing", Expr.Atan2(east, north))],
            new[,] { { RangeDeviation * RangeDeviation, 0.0 }, { 0.0, BearingDeviation * BearingDeviation } })
        {
            Geometry = StateGeometry.Periodic(0.0, 2.0 * Math.PI),
        };
    }

    /// <summary>Sums of squares, and what they mean.</summary>
    internal sealed class Score
    {
        private readonly double[] _sums = new double[5];
        private readonly int[] _counts = new int[2];

        private int All => _counts[0] + _counts[1];

        public double Position => Math.Sqrt(_sums[0] / All);

        public double Velocity => Math.Sqrt(_sums[1] / All);

        public double Nees => _sums[2] / All;

        public double TurnInTurns => _sums[4] / _counts[1];

        public double TurnInCruise => _sums[3] / _counts[0];

        public void Add(IEstimator estimator, double[] state, bool isTurning)
        {
            int phase = isTurning ? 1 : 0;
            _counts[phase]++;
            GaussianBelief belief = estimator.Belief;
            double[] error = [.. Enumerable.Range(0, 4).Select(i => belief.Mean[i] - state[i])];
            _sums[0] += (error[0] * error[0]) + (error[1] * error[1]);
            _sums[1] += (error[2] * error[2]) + (error[3] * error[3]);
            double[] factor = [.. Enumerable.Range(0, 16).Select(i => belief.Factor[(i / 4 * belief.Dimension) + (i % 4)])];
            LowerTriangular.Solve(factor, error);
            _sums[2] += Dense.Dot(error, error);
            _sums[3 + phase] += estimator is IModeEstimator modes ? modes.ModeProbabilities[1] : 0.0;
        }

        public override string ToString() => FormattableString.Invariant(
            $"position {Position:F1} m, velocity {Velocity:F2} m/s, NEES {Nees:F2} of 4, P(turn) {TurnInTurns:F2} in turns, {TurnInCruise:F2} in cruise");
    }
}
