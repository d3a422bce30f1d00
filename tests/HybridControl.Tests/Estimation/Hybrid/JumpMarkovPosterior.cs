using HybridControl.Estimation;

namespace HybridControl.Tests.Estimation.Hybrid;

/// <summary>The exact smoothed posterior of a linear jump-Markov model: every sequence of modes, smoothed as a batch.</summary>
/// <remarks>For one sequence all states are one Gaussian vector; plain covariance arithmetic, independent of the library's filters.</remarks>
internal sealed class JumpMarkovPosterior
{
    private readonly int _steps;
    private readonly int _n;
    private readonly double[][] _means;
    private readonly double[][] _squares;
    private readonly double[][] _probabilities;

    /// <summary>Enumerates the N^T sequences of the modes after each step.</summary>
    public JumpMarkovPosterior(
        double[][,] f, double[][,] q, double[,] chain, double[] initial, double[] mean, double[,] covariance, double[,] h, double r, double[] y)
    {
        (_steps, _n) = (y.Length, mean.Length);
        int modes = f.Length;
        _means = [.. Enumerable.Range(0, _steps).Select(_ => new double[_n])];
        _squares = [.. Enumerable.Range(0, _steps).Select(_ => new double[_n * _n])];
        _probabilities = [.. Enumerable.Range(0, _steps).Select(_ => new double[modes])];
        var runs = new List<(double Log, int[] Modes, double[][] Means, double[][,] Covariances)>();
        int count = (int)Math.Pow(modes, _steps);
        for (int code = 0; code < count; code++)
        {
            int[] sequence = new int[_steps];
            for (int k = 0, rest = code; k < _steps; k++, rest /= modes)
            {
                sequence[k] = rest % modes;
            }

            double prior = Enumerable.Range(0, modes).Sum(i => initial[i] * chain[i, sequence[0]]);
            for (int k = 1; k < _steps; k++)
            {
                prior *= chain[sequence[k - 1], sequence[k]];
            }

            (double log, double[][] means, double[][,] covariances) = Smooth(
                [.. sequence.Select(mode => f[mode])], [.. sequence.Select(mode => q[mode])], mean, covariance, h, r, y);
            runs.Add((log + Math.Log(prior), sequence, means, covariances));
        }

        double largest = runs.Max(run => run.Log);
        double total = runs.Sum(run => Math.Exp(run.Log - largest));
        LogLikelihood = largest + Math.Log(total);
        foreach ((double log, int[] sequence, double[][] means, double[][,] covariances) in runs)
        {
            double weight = Math.Exp(log - largest) / total;
            for (int k = 0; k < _steps; k++)
            {
                _probabilities[k][sequence[k]] += weight;
                for (int i = 0; i < _n; i++)
                {
                    _means[k][i] += weight * means[k][i];
                    for (int j = 0; j < _n; j++)
                    {
                        _squares[k][(i * _n) + j] += weight * (covariances[k][i, j] + (means[k][i] * means[k][j]));
                    }
                }
            }
        }
    }

    /// <summary>Logarithm of the likelihood of all measurements.</summary>
    public double LogLikelihood { get; }

    /// <summary>The smoothed mean after a step.</summary>
    public double[] Mean(int step) => _means[step];

    /// <summary>The smoothed variance of a state after a step.</summary>
    public double Variance(int step, int state) =>
        _squares[step][state * (_n + 1)] - (_means[step][state] * _means[step][state]);

    /// <summary>The smoothed probability of a mode after a step.</summary>
    public double Probability(int step, int mode) => _probabilities[step][mode];

    // The states of all steps conditioned on one measurement after the other.
    private static (double Log, double[][] Means, double[][,] Covariances) Smooth(
        double[][,] f, double[][,] q, double[] mean, double[,] covariance, double[,] h, double r, double[] y)
    {
        (int steps, int n) = (y.Length, mean.Length);
        int size = steps * n;
        double[] m = new double[size];
        double[,] p = new double[size, size];
        double[] at = mean;
        double[,] own = covariance;
        for (int k = 0; k < steps; k++)
        {
            double[] next = new double[n];
            double[,] moved = new double[n, n];
            for (int i = 0; i < n; i++)
            {
                for (int a = 0; a < n; a++)
                {
                    next[i] += f[k][i, a] * at[a];
                    for (int j = 0; j < n; j++)
                    {
                        for (int b = 0; b < n; b++)
                        {
                            moved[i, j] += f[k][i, a] * own[a, b] * f[k][j, b];
                        }
                    }
                }
            }

            for (int i = 0; i < n; i++)
            {
                m[(k * n) + i] = next[i];
                for (int j = 0; j < n; j++)
                {
                    moved[i, j] += q[k][i, j];
                    p[(k * n) + i, (k * n) + j] = moved[i, j];
                }

                for (int earlier = 0; earlier < k * n; earlier++)
                {
                    double sum = 0.0;
                    for (int a = 0; a < n; a++)
                    {
                        sum += f[k][i, a] * p[((k - 1) * n) + a, earlier];
                    }

                    p[(k * n) + i, earlier] = sum;
                    p[earlier, (k * n) + i] = sum;
                }
            }

            (at, own) = (next, moved);
        }

        double log = 0.0;
        for (int k = 0; k < steps; k++)
        {
            double[] gain = new double[size];
            double expected = 0.0;
            double s = r;
            for (int i = 0; i < n; i++)
            {
                expected += h[0, i] * m[(k * n) + i];
                for (int row = 0; row < size; row++)
                {
                    gain[row] += p[row, (k * n) + i] * h[0, i];
                }
            }

            for (int i = 0; i < n; i++)
            {
                s += h[0, i] * gain[(k * n) + i];
            }

            double nu = y[k] - expected;
            log -= 0.5 * (Math.Log(2.0 * Math.PI * s) + (nu * nu / s));
            for (int row = 0; row < size; row++)
            {
                m[row] += gain[row] / s * nu;
                for (int column = 0; column < size; column++)
                {
                    p[row, column] -= gain[row] * gain[column] / s;
                }
            }
        }

        double[][] means = [.. Enumerable.Range(0, steps).Select(k => m[(k * n)..((k + 1) * n)])];
        double[][,] covariances = new double[steps][,];
        for (int k = 0; k < steps; k++)
        {
            covariances[k] = new double[n, n];
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    covariances[k][i, j] = p[(k * n) + i, (k * n) + j];
                }
            }
        }

        return (log, means, covariances);
    }
}
