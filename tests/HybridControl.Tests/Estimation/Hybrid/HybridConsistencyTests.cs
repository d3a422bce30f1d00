using HybridControl.Automata;
using HybridControl.Estimation;
using HybridControl.Estimation.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Estimation.Hybrid;

/// <summary>Is the estimator right about how wrong it is? Averages over 200 runs of our own simulator.</summary>
public sealed class HybridConsistencyTests
{
    private const int Runs = 200;
    private const ulong Seed = 2026;

    private static readonly Solver Fine = new DormandPrince5 { RelativeTolerance = 1e-9, AbsoluteTolerance = 1e-12 };

    internal static HybridAutomaton Ball { get; } = HybridAutomaton.Build("ball", m =>
    {
        Expr h = m.State("h", 1.0);
        Expr v = m.State("v");
        ModeBuilder fall = m.Mode("fall").Flow((h, v), (v, -9.81));
        m.Transition(fall, fall, "bounce").Guard(h <= 0.0 & v < 0.0).Reset(v, -0.8 * v);
        m.Estimation(e => e.Measure(h, 0.03).InitialDeviation(h, 0.05).InitialDeviation(v, 0.1));
    });

    // A bath that is heated and cooled in turn; which, is not known at the start.
    internal static HybridAutomaton Thermostat { get; } = HybridAutomaton.Build("thermostat", m =>
    {
        Expr temperature = m.State("T", 70.0);
        ModeBuilder on = m.Mode("on").Flow(temperature, -0.5 * (temperature - 80.0));
        ModeBuilder off = m.Mode("off").Flow(temperature, -0.5 * (temperature - 60.0));
        m.Transition(on, off).Guard(temperature >= 75.0);
        m.Transition(off, on).Guard(temperature <= 65.0);
        m.Estimation(e => e.Measure(temperature, 0.5).ProcessNoise(temperature, 0.15).InitialDeviation(temperature, 1.0)
            .InitialMode(on, 0.5).InitialMode(off, 0.5));
    });

    // An aircraft that flies east, turns left when it has passed a line, and flies on when it has turned by a right angle.
    internal static HybridAutomaton Aircraft { get; } = HybridAutomaton.Build("aircraft", m =>
    {
        Expr x = m.State("x");
        Expr y = m.State("y");
        Expr vx = m.State("vx", 100.0);
        Expr vy = m.State("vy");
        ModeBuilder east = m.Mode("east").Flow((x, y, vx, vy), (vx, vy, 0.0, 0.0));
        ModeBuilder turn = m.Mode("turn").Flow((x, y, vx, vy), (vx, vy, -0.1 * vy, 0.1 * vx));
        ModeBuilder north = m.Mode("north").Flow((x, y, vx, vy), (vx, vy, 0.0, 0.0));
        m.Transition(east, turn).Guard(x >= 1500.0);
        m.Transition(turn, north).Guard(vx <= 0.0);
        m.Estimation(e => e.Measure(x, 20.0).Measure(y, 20.0).InitialDeviation(x, 30.0).InitialDeviation(y, 30.0)
            .InitialDeviation(vx, 3.0).InitialDeviation(vy, 3.0).ProcessNoise(vx, 0.3).ProcessNoise(vy, 0.3));
    });

    [Test]
    public void Ball_whose_height_is_measured_over_four_bounces() => Check(Ball, until: 2.4, period: 0.1, kicks: 1);

    [Test]
    public void Thermostat_whose_mode_is_not_known() => Check(Thermostat, until: 8.0, period: 0.2, kicks: 4);

    [Test]
    public void Aircraft_that_turns_at_a_line_seen_by_radar() => Check(Aircraft, until: 40.0, period: 1.0, kicks: 2);

    // Truths are drawn from what the section of estimation says: initial modes and states, process noise as small kicks.
    private static void Check(HybridAutomaton automaton, double until, double period, int kicks)
    {
        int n = automaton.States.Length;
        EstimationSetup setup = automaton.Estimation!;
        int steps = (int)Math.Round(until / period);
        RunMeans nees = default;
        RunMeans nis = default;
        RunMeans modes = default;
        double[] z = new double[setup.Sensors.Length];
        double[] error = new double[n];
        for (int run = 0; run < Runs; run++)
        {
            var random = new Gauss(Seed, run);
            SimulationRun truth = Truth(automaton, random);
            HybridEstimator estimator = HybridEstimator.For(automaton);
            for (int k = 0; k < steps; k++)
            {
                for (int kick = 1; kick <= kicks; kick++)
                {
                    double small = period / kicks;
                    Assert.That(truth.AdvanceTo((k * period) + (kick * small)), truth.Reason);
                    foreach (Assignment noise in setup.ProcessNoise)
                    {
                        truth.Set(noise.Target, truth[noise.Target] + (noise.Value.Value * Math.Sqrt(small) * random.Next()));
                    }
                }

                for (int i = 0; i < z.Length; i++)
                {
                    z[i] = truth[setup.Sensors[i].Name] + (setup.Sensors[i].Deviation.Value * random.Next());
                }

                Assert.That(estimator.Predict((k + 1) * period), Is.EqualTo(EstimationStatus.Done));
                Assert.That(estimator.Update(z), Is.EqualTo(EstimationStatus.Done));
                for (int i = 0; i < n; i++)
                {
                    error[i] = truth.States[i] - estimator.Belief.Mean[i];
                }

                LowerTriangular.Solve(estimator.Belief.Factor, error);
                nees.Add(Dense.Dot(error, error));
                nis.Add(estimator.Innovation.NormalizedSquare);
                int mode = automaton.Modes.IndexOf(automaton.Mode(truth.Mode));
                double p = estimator.ModeProbabilities[mode];

                // The probability of the true mode less what a calibrated estimator would expect it to be: zero on average.
                double expected = 0.0;
                foreach (double q in estimator.ModeProbabilities)
                {
                    expected += q * q;
                }

                modes.Add(p - expected);
            }

            nees.EndRun();
            nis.EndRun();
            modes.EndRun();
        }

        TestContext.Out.WriteLine(FormattableString.Invariant(
            $"NEES {nees.Mean:F3} +- {nees.StandardError(double.PositiveInfinity):F3} of {n}, NIS {nis.Mean:F3} +- {nis.StandardError(double.PositiveInfinity):F3} of {z.Length}, modes {modes.Mean:F4} +- {modes.StandardError(double.PositiveInfinity):F4}"));
        Assert.Multiple(() =>
        {
            Assert.That(nees.StandardError(double.PositiveInfinity), Is.LessThan(0.06 * n), "the band is narrow");
            Assert.That(nees.Mean, Is.EqualTo(n).Within(2.6 * nees.StandardError(double.PositiveInfinity)), "NEES, 99 %");
            Assert.That(nis.Mean, Is.EqualTo(z.Length).Within(2.6 * nis.StandardError(double.PositiveInfinity)), "NIS, 99 %");
            Assert.That(modes.Mean, Is.Zero.Within(2.6 * modes.StandardError(double.PositiveInfinity) + 1e-12), "probabilities of modes, 99 %");
        });
    }

    private static SimulationRun Truth(HybridAutomaton automaton, Gauss random)
    {
        EstimationSetup setup = automaton.Estimation!;
        StateVariable[] states =
        [
            .. automaton.States.Select(state => state with
            {
                Initial = state.Initial.Value +
                    ((setup.InitialDeviations.FirstOrDefault(entry => entry.Target == state.Name)?.Value.Value ?? 0.0) * random.Next()),
            }),
        ];
        double draw = NormalLaw.Cdf(random.Next());
        string mode = automaton.InitialMode;
        foreach (Assignment entry in setup.InitialModes)
        {
            mode = draw > 0.0 ? entry.Target : mode;
            draw -= entry.Value.Value;
        }

        return Scenario.For(automaton with { States = [.. states], InitialMode = mode }).Start(new SimulationOptions { Solver = Fine });
    }

    /// <summary>Standard normal numbers by address.</summary>
    internal sealed class Gauss(ulong seed, long run)
    {
        private long _draw;

        public double Next() => NormalLaw.Quantile(Philox4x32.Uniform(seed, run, 3, _draw++));
    }
}
