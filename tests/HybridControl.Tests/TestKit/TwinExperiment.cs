using HybridControl.Automata;
using HybridControl.Estimation;
using HybridControl.Numerics;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.TestKit;

/// <summary>A chaotic system that is observed with noise: a filter of the same model must follow it.</summary>
/// <remarks>
/// The set-ups are those of the tables that data assimilation compares its filters by, as the model files of DAPPER state them (P. N. Raanes et al.):
/// step, interval, noise, start and burn-in. The score is the time mean of the root mean square error of the analysis.
/// </remarks>
/// <param name="Name">What it is called.</param>
/// <param name="Model">The flow, integrated with the fixed step of the published set-up, without noise.</param>
/// <param name="Sensor">What is observed.</param>
/// <param name="Start">Belief at the start, from which the truth is drawn.</param>
/// <param name="Interval">Seconds between observations.</param>
/// <param name="BurnIn">Cycles before scores count.</param>
public sealed record TwinExperiment(
    string Name, FlowTransition Model, LinearMeasurement Sensor, GaussianBelief Start, double Interval, int BurnIn)
{
    /// <summary>Forty variables on a ring, all observed with unit variance every 0.05: E. N. Lorenz (1996); Lorenz96/sakov2008.py, after P. Sakov and P. R. Oke (2008).</summary>
    public static TwinExperiment Lorenz96()
    {
        const int n = 40;
        HybridAutomaton automaton = HybridAutomaton.Build("lorenz-96", h =>
        {
            Expr[] x = [.. Enumerable.Range(0, n).Select(i => h.State($"x{i}"))];
            ModeBuilder mode = h.Mode("only");
            for (int i = 0; i < n; i++)
            {
                mode.Flow(x[i], ((x[(i + 1) % n] - x[(i + n - 2) % n]) * x[(i + n - 1) % n]) - x[i] + 8.0);
            }
        });
        double[] start = new double[n];
        start[0] = 1.0;
        return Make("Lorenz-96", automaton, 0.05, 1.0, start, Math.Sqrt(0.001), 0.05, burnIn: 400);
    }

    /// <summary>Three variables, all observed with variance 2 every 0.25: E. N. Lorenz (1963); Lorenz63/sakov2012.py, after P. Sakov, D. S. Oliver and L. Bertino (2012).</summary>
    public static TwinExperiment Lorenz63()
    {
        HybridAutomaton automaton = HybridAutomaton.Build("lorenz-63", h =>
        {
            (Expr x, Expr y, Expr z) = (h.State("x"), h.State("y"), h.State("z"));
            h.Mode("only").Flow((x, y, z), (10.0 * (y - x), (28.0 * x) - y - (x * z), (x * y) - (8.0 / 3.0 * z)));
        });
        return Make("Lorenz-63", automaton, 0.01, 2.0, [1.509, -1.531, 25.46], Math.Sqrt(2.0), 0.25, burnIn: 64);
    }

    /// <summary>Localisation on the ring, by the radius that the published tables give: 1.82 times it is the half-width.</summary>
    public EnsembleLocalization Localization(double radius)
    {
        double[][] places = [.. Enumerable.Range(0, Model.StateCount).Select(i => new[] { (double)i })];
        return EnsembleLocalization.FromPlaces(places, places, 1.82 * radius, period: Model.StateCount);
    }

    /// <summary>An ensemble Kalman filter of this experiment.</summary>
    public EnsembleKalmanFilter Ensemble(int count, EnsembleUpdate method, double inflation, bool rotates = false, bool localized = false) =>
        new(Model, Sensor, Start, count, seed: 1)
        {
            Method = method,
            Inflation = inflation,
            Rotates = rotates,
            Localization = localized ? Localization(radius: 4.0) : null,
        };

    /// <summary>A regularised particle filter of this experiment; its kernel is as wide as the published factor of N^(-1/(n+4)) says.</summary>
    public ParticleFilter Particles(int count, double regularization, double below) =>
        new(Model, Sensor, Start, count, seed: 1)
        {
            Kernel = RegularizationKernel.Gaussian,
            BandwidthScale = regularization / Math.Pow(4.0 / (Model.StateCount + 2.0), 1.0 / (Model.StateCount + 4.0)),
            ResampleBelow = below,
        };

    /// <summary>Runs a filter beside the truth.</summary>
    /// <param name="make">Starts the filter.</param>
    /// <param name="cycles">Observations that count.</param>
    /// <param name="seed">Seed of truth and observations.</param>
    /// <returns>The time mean of the root mean square error after updates.</returns>
    public double Run(Func<TwinExperiment, IEstimator> make, int cycles, ulong seed)
    {
        int n = Model.StateCount;
        var noise = new NormalDraws(seed, 0);
        double[] truth = Start.Mean.ToArray();
        Dense.Axpy(1.0, noise.Times(Start.Factor, n), truth);
        double[] deviations = [.. Enumerable.Range(0, n).Select(_ => 0.0)];
        double[] factor = new double[n * n];
        Sensor.Noise(0.0, truth, factor);
        double[] next = new double[n];
        double[] z = new double[n];
        IEstimator filter = make(this);
        double sum = 0.0;
        for (int k = 1; k <= BurnIn + cycles; k++)
        {
            double time = k * Interval;
            Model.Propagate(time - Interval, time, truth, [], next);
            (truth, next) = (next, truth);
            noise.Fill(deviations);
            for (int i = 0; i < n; i++)
            {
                z[i] = truth[i] + (factor[i * (n + 1)] * deviations[i]);
            }

            filter.Predict(time);
            filter.Update(z);
            double square = 0.0;
            for (int i = 0; i < n; i++)
            {
                double error = filter.Belief.Mean[i] - truth[i];
                square += error * error / n;
            }

            sum += k > BurnIn ? Math.Sqrt(square) : 0.0;
        }

        return sum / cycles;
    }

    private static TwinExperiment Make(
        string name, HybridAutomaton automaton, double step, double variance, double[] start, double deviation, double interval, int burnIn)
    {
        int n = start.Length;
        var identity = new double[n, n];
        var noise = new double[n, n];
        double[] deviations = new double[n];
        for (int i = 0; i < n; i++)
        {
            (identity[i, i], noise[i, i], deviations[i]) = (1.0, variance, deviation);
        }

        return new TwinExperiment(
            name,
            FlowTransition.For(automaton, "only", new RungeKutta4 { Step = step }),
            new LinearMeasurement(identity, noise),
            GaussianBelief.FromDeviations(start, deviations),
            interval,
            burnIn);
    }
}
