using HybridControl.Estimation;
using HybridControl.Symbolics;

namespace HybridControl.Benchmarks.Estimators;

/// <summary>The problems of docs/benchmarks/estimators.md, the same numbers as in problems.hpp and filters.py.</summary>
internal sealed class EstimatorProblems
{
    private readonly int _n;
    private readonly int _m;
    private readonly int _steps;
    private ulong _state;

    private EstimatorProblems(int n, int steps, ulong seed)
    {
        (_n, _m, _steps, _state) = (n, n / 2, steps, seed);
        Measurements = [];
    }

    /// <summary>The measurements, one row for each step.</summary>
    public double[][] Measurements { get; private set; }

    /// <summary>The belief before the first step.</summary>
    public GaussianBelief Initial { get; private set; } = new(1);

    /// <summary>The models of the states; one but for the IMM.</summary>
    public TransitionModel[] Transitions { get; private set; } = [];

    /// <summary>The sensor.</summary>
    public MeasurementModel Sensor { get; private set; } = new LinearMeasurement(new double[1, 1], new double[1, 1]);

    /// <summary>n / 2 damped oscillators, positions before velocities, every state coupled to every other; two models that differ in Q.</summary>
    public static EstimatorProblems Linear(int n, int steps)
    {
        var problem = new EstimatorProblems(n, steps, 12345 + (ulong)n);
        int m = problem._m;
        double[,] f = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double chain = i < m
                    ? (j == i ? 1.0 : j == i + m ? 0.1 : 0.0)
                    : (j == i ? 0.95 : j == i - m ? -0.2 : 0.0);
                f[i, j] = chain + (Math.ScaleB(1.0, -8) * problem.Uniform());
            }
        }

        double[,] h = new double[m, n];
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                h[i, j] = (i == j ? 1.0 : 0.0) + (Math.ScaleB(1.0, -6) * problem.Uniform());
            }
        }

        problem.Transitions = [new LinearTransition(f, Banded(n, 0.01)), new LinearTransition(f, Banded(n, 0.25))];
        problem.Sensor = new LinearMeasurement(h, Banded(m, 0.1));
        double[] deviations = new double[n];
        deviations.AsSpan().Fill(1.0);
        problem.Initial = GaussianBelief.FromDeviations(new double[n], deviations);
        problem.Measurements = problem.Draw(1.0);
        return problem;
    }

    /// <summary>n / 2 pendulums in a row joined by springs, angles before rates; the sine of every angle is measured.</summary>
    public static EstimatorProblems Pendulums(int n, int steps)
    {
        const double Dt = 0.02;
        var problem = new EstimatorProblems(n, steps, 54321 + (ulong)n);
        int m = problem._m;
        var transition = ExpressionTransition.Build(model =>
        {
            Expr[] angles = [.. Enumerable.Range(0, m).Select(i => model.State($"angle{i}"))];
            Expr[] rates = [.. Enumerable.Range(0, m).Select(i => model.State($"rate{i}"))];
            for (int i = 0; i < m; i++)
            {
                Expr spring = (i > 0 ? angles[i - 1] - angles[i] : 0.0) + (i < m - 1 ? angles[i + 1] - angles[i] : 0.0);
                model.Next(angles[i], angles[i] + (Dt * rates[i]));
                model.Next(rates[i], rates[i] + (Dt * ((2.0 * spring) - (9.81 * Expr.Sin(angles[i])) - (0.5 * rates[i]))));
            }

            model.Noise(Banded(n, 0.001));
        });
        problem.Transitions = [transition];
        problem.Sensor = new ExpressionMeasurement(
            transition.StateNames,
            [.. Enumerable.Range(0, m).Select(i => ($"sine{i}", Expr.Sin(Expr.Variable(VariableKind.State, $"angle{i}"))))],
            Banded(m, 0.05));
        double[] mean = new double[n];
        mean.AsSpan(0, m).Fill(0.1);
        double[] deviations = new double[n];
        deviations.AsSpan().Fill(Math.Sqrt(0.1));
        problem.Initial = GaussianBelief.FromDeviations(mean, deviations);
        problem.Measurements = problem.Draw(0.5);
        return problem;
    }

    // scale * (identity + 0.5^|i - j|)
    private static double[,] Banded(int n, double scale)
    {
        double[,] a = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                a[i, j] = scale * ((i == j ? 1.0 : 0.0) + Math.ScaleB(1.0, -Math.Abs(i - j)));
            }
        }

        return a;
    }

    private double[][] Draw(double scale)
    {
        double[][] rows = new double[_steps][];
        for (int t = 0; t < _steps; t++)
        {
            rows[t] = new double[_m];
            for (int i = 0; i < _m; i++)
            {
                rows[t][i] = scale * Uniform();
            }
        }

        return rows;
    }

    // Uniform in [-1, 1), the same bits in every language.
    private double Uniform()
    {
        _state = unchecked((_state * 6364136223846793005UL) + 1442695040888963407UL);
        return Math.ScaleB(_state >> 11, -52) - 1.0;
    }
}
