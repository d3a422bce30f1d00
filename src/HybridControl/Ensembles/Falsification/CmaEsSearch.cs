using HybridControl.Ensembles.Statistics;
using HybridControl.Numerics;

namespace HybridControl.Ensembles.Falsification;

/// <summary>Covariance matrix adaptation evolution strategy on the unit cube.</summary>
/// <remarks>
/// N. Hansen, The CMA Evolution Strategy: A Tutorial (arXiv 1604.00772), with rank-one and rank-mu update and cumulative step-size
/// adaptation; restarts with twice the population as in A. Auger and N. Hansen, CEC (2005). Points outside the cube are moved to
/// its border, where the worst case often lies.
/// </remarks>
internal sealed class CmaEsSearch
{
    private const double FirstSpread = 0.3;
    private const double LeastSpread = 1e-9;
    private const int LongestStall = 20;

    private readonly int _n;
    private readonly int _population;
    private readonly ulong _seed;
    private readonly long _restart;
    private readonly double[] _weights;
    private readonly double _mu;
    private readonly double[] _mean;
    private readonly double[] _path;
    private readonly double[] _stepPath;
    private readonly double[] _covariance;
    private readonly double[] _axes;
    private readonly double[] _lengths;
    private double _spread = FirstSpread;
    private long _draw;

    private CmaEsSearch(int n, int population, ulong seed, long restart)
    {
        (_n, _population, _seed, _restart) = (n, population, seed, restart);
        double[] raw = [.. Enumerable.Range(1, population / 2).Select(i => Math.Log((population + 1) / 2.0) - Math.Log(i))];
        double sum = raw.Sum();
        _weights = [.. raw.Select(weight => weight / sum)];
        _mu = 1.0 / _weights.Sum(weight => weight * weight);
        _mean = new double[n];
        for (int i = 0; i < n; i++)
        {
            _mean[i] = restart == 0 ? 0.5 : Uniform();
        }

        _path = new double[n];
        _stepPath = new double[n];
        _covariance = new double[n * n];
        _axes = new double[n * n];
        _lengths = new double[n];
        for (int i = 0; i < n; i++)
        {
            _covariance[(i * n) + i] = _axes[(i * n) + i] = _lengths[i] = 1.0;
        }
    }

    /// <summary>Searches until the budget is spent.</summary>
    public static void Run(FalsificationSearch search, int n, ulong seed)
    {
        int population = 4 + (int)(3.0 * Math.Log(n));
        for (long restart = 0; !search.IsOver; restart++)
        {
            new CmaEsSearch(n, population, seed, restart).Descend(search);
            population *= 2;
        }
    }

    private void Descend(FalsificationSearch search)
    {
        double best = double.PositiveInfinity;
        int stalled = 0;
        for (int generation = 1; !search.IsOver; generation++)
        {
            double[][] steps = new double[_population][];
            double[][] points = new double[_population][];
            for (int k = 0; k < _population; k++)
            {
                steps[k] = Step();
                points[k] = [.. steps[k].Select((step, i) => Inside(_mean[i] + (_spread * step)))];
            }

            double[] values = search.Evaluate(points);
            int[] order = [.. Enumerable.Range(0, _population).OrderBy(k => values[k]).ThenBy(k => k)];
            stalled = values[order[0]] < best ? 0 : stalled + 1;
            best = Math.Min(best, values[order[0]]);
            Adapt([.. order.Take(_weights.Length).Select(k => steps[k])], generation);
            if (_spread * _lengths.Max() < LeastSpread || stalled > LongestStall || !Decompose())
            {
                return;
            }
        }
    }

    // Steps are in units of the spread, y = B D z; row k of the axes is column k of B.
    private void Adapt(double[][] best, int generation)
    {
        double n = _n;
        double cs = (_mu + 2.0) / (n + _mu + 5.0);
        double ds = 1.0 + (2.0 * Math.Max(0.0, Math.Sqrt((_mu - 1.0) / (n + 1.0)) - 1.0)) + cs;
        double cc = (4.0 + (_mu / n)) / (n + 4.0 + (2.0 * _mu / n));
        double c1 = 2.0 / (((n + 1.3) * (n + 1.3)) + _mu);
        double cmu = Math.Min(1.0 - c1, 2.0 * (_mu - 2.0 + (1.0 / _mu)) / (((n + 2.0) * (n + 2.0)) + _mu));
        double expected = Math.Sqrt(n) * (1.0 - (1.0 / (4.0 * n)) + (1.0 / (21.0 * n * n)));

        double[] step = new double[_n];
        for (int k = 0; k < best.Length; k++)
        {
            for (int i = 0; i < _n; i++)
            {
                step[i] += _weights[k] * best[k][i];
            }
        }

        double[] white = Whitened(step);
        double length = 0.0;
        for (int i = 0; i < _n; i++)
        {
            _mean[i] += _spread * step[i];
            _stepPath[i] = ((1.0 - cs) * _stepPath[i]) + (Math.Sqrt(cs * (2.0 - cs) * _mu) * white[i]);
            length += _stepPath[i] * _stepPath[i];
        }

        length = Math.Sqrt(length);
        bool steady = length / Math.Sqrt(1.0 - Math.Pow(1.0 - cs, 2.0 * generation)) < (1.4 + (2.0 / (n + 1.0))) * expected;
        for (int i = 0; i < _n; i++)
        {
            _path[i] = ((1.0 - cc) * _path[i]) + (steady ? Math.Sqrt(cc * (2.0 - cc) * _mu) * step[i] : 0.0);
        }

        double kept = 1.0 - c1 - cmu + (steady ? 0.0 : c1 * cc * (2.0 - cc));
        for (int i = 0; i < _n; i++)
        {
            for (int j = 0; j < _n; j++)
            {
                double rank = 0.0;
                for (int k = 0; k < best.Length; k++)
                {
                    rank += _weights[k] * best[k][i] * best[k][j];
                }

                _covariance[(i * _n) + j] = (kept * _covariance[(i * _n) + j]) + (c1 * _path[i] * _path[j]) + (cmu * rank);
            }
        }

        _spread = Math.Min(1.0, _spread * Math.Exp(cs / ds * ((length / expected) - 1.0)));
        for (int i = 0; i < _n; i++)
        {
            _mean[i] = Inside(_mean[i]);
        }
    }

    private bool Decompose()
    {
        double[] a = [.. _covariance];
        if (!SymmetricEigen.Decompose(a, _axes, _n))
        {
            return false;
        }

        for (int i = 0; i < _n; i++)
        {
            double value = a[(i * _n) + i];
            if (!(value > 0.0) || !double.IsFinite(value))
            {
                return false;
            }

            _lengths[i] = Math.Sqrt(value);
        }

        return true;
    }

    private double[] Step()
    {
        double[] z = [.. _lengths.Select(length => length * NormalLaw.Quantile(Uniform()))];
        double[] step = new double[_n];
        for (int i = 0; i < _n; i++)
        {
            for (int k = 0; k < _n; k++)
            {
                step[i] += _axes[(k * _n) + i] * z[k];
            }
        }

        return step;
    }

    // C^(-1/2) y = B D^-1 B' y.
    private double[] Whitened(double[] step)
    {
        double[] result = new double[_n];
        for (int k = 0; k < _n; k++)
        {
            double along = 0.0;
            for (int i = 0; i < _n; i++)
            {
                along += _axes[(k * _n) + i] * step[i];
            }

            for (int i = 0; i < _n; i++)
            {
                result[i] += _axes[(k * _n) + i] * along / _lengths[k];
            }
        }

        return result;
    }

    private double Uniform() => Philox4x32.Uniform(_seed, _restart, StatisticsStreams.Falsification, _draw++);

    private static double Inside(double x) => Math.Clamp(x, 0.0, 1.0);
}
