using HybridControl.Numerics;
using HybridControl.Simulation;

namespace HybridControl.Estimation;

/// <summary>An ensemble as its mean and what its members differ from it, in states and in measurements. Work space of one filter.</summary>
/// <remarks>Tables have a row for each state or component and a column for each member, packed.</remarks>
internal sealed class EnsembleAnomalies
{
    private readonly double[] _mean;
    private readonly double[] _states;
    private readonly double[] _corrected;
    private readonly double[] _points;
    private readonly double[] _x;
    private readonly double[] _difference;
    private readonly double[] _work;
    private readonly double[] _reflection;
    private double[] _sensed = [];

    /// <summary>Makes room for N members of n states.</summary>
    public EnsembleAnomalies(int n, int count)
    {
        (StateCount, Count) = (n, count);
        _mean = new double[n];
        _states = new double[n * count];
        _corrected = new double[n * count];
        _points = new double[n * count];
        _x = new double[n];
        _difference = new double[n];
        _work = new double[2 * n];
        _reflection = new double[count];
    }

    /// <summary>The number n of states.</summary>
    public int StateCount { get; }

    /// <summary>The number N of members.</summary>
    public int Count { get; }

    /// <summary>The number k of components in use.</summary>
    public int SensorCount { get; private set; }

    /// <summary>A, n by N: members minus their mean.</summary>
    public Span<double> States => _states;

    /// <summary>Y, k by N: measurements of the members minus their mean.</summary>
    public ReadOnlySpan<double> Sensed => _sensed.AsSpan(0, SensorCount * Count);

    /// <summary>n by N: corrected members minus the mean before; begins as A.</summary>
    public Span<double> Corrected => _corrected;

    /// <summary>Takes members and their measurements apart.</summary>
    public void Load(StateEnsemble members, ReadOnlySpan<double> weights, StateGeometry geometry, MemberSensor sensed)
    {
        if (geometry.IsFlat)
        {
            for (int i = 0; i < StateCount; i++)
            {
                ReadOnlySpan<double> row = members.Component(i);
                _mean[i] = Dense.Dot(weights, row);
                Center(row, _mean[i], _states.AsSpan(i * Count, Count), 1.0);
            }
        }
        else
        {
            LoadOneByOne(members, weights, geometry);
        }

        SensorCount = sensed.Count;
        if (_sensed.Length < SensorCount * Count)
        {
            _sensed = new double[SensorCount * Count];
        }

        for (int i = 0; i < SensorCount; i++)
        {
            ReadOnlySpan<double> residual = sensed.Residual(i);
            Center(residual, Dense.Dot(weights, residual), _sensed.AsSpan(i * Count, Count), -1.0); // h(x) = z - residual
        }

        _states.CopyTo(_corrected, 0);
    }

    /// <summary>Inflates and rotates the corrected members about their mean.</summary>
    public void Spread(double inflation, EnsembleNoise? rotation)
    {
        if (inflation == 1.0 && rotation is null)
        {
            return;
        }

        for (int i = 0; i < StateCount; i++)
        {
            Span<double> row = _corrected.AsSpan(i * Count, Count);
            _x[i] = Mean(row);
            Center(row, _x[i], row, inflation);
        }

        if (rotation is { } noise)
        {
            Rotate(noise);
        }

        for (int i = 0; i < StateCount; i++)
        {
            Span<double> row = _corrected.AsSpan(i * Count, Count);
            double mean = _x[i];
            foreach (ref double value in row)
            {
                value += mean;
            }
        }

        double Mean(ReadOnlySpan<double> row)
        {
            double sum = 0.0;
            foreach (double value in row)
            {
                sum += value;
            }

            return sum / Count;
        }
    }

    /// <summary>Writes the corrected members.</summary>
    public void Store(StateEnsemble members, StateGeometry geometry)
    {
        if (geometry.IsFlat)
        {
            for (int i = 0; i < StateCount; i++)
            {
                Center(_corrected.AsSpan(i * Count, Count), -_mean[i], members.Component(i), 1.0);
            }

            return;
        }

        for (int member = 0; member < Count; member++)
        {
            _mean.CopyTo(_x, 0);
            for (int i = 0; i < StateCount; i++)
            {
                _difference[i] = _corrected[(i * Count) + member];
            }

            geometry.Add(_x, _difference);
            members.Write(member, _x);
        }
    }

    private static void Center(ReadOnlySpan<double> row, double mean, Span<double> result, double scale)
    {
        for (int member = 0; member < row.Length; member++)
        {
            result[member] = scale * (row[member] - mean);
        }
    }

    private void LoadOneByOne(StateEnsemble members, ReadOnlySpan<double> weights, StateGeometry geometry)
    {
        for (int member = 0; member < Count; member++)
        {
            members.Read(member, _points.AsSpan(member * StateCount, StateCount));
        }

        geometry.Mean(_points, weights, _mean, _work);
        for (int member = 0; member < Count; member++)
        {
            geometry.Subtract(_points.AsSpan(member * StateCount, StateCount), _mean, _difference);
            for (int i = 0; i < StateCount; i++)
            {
                _states[(i * Count) + member] = _difference[i];
            }
        }
    }

    // Rows times H diag(1, Q) H, where H takes the first unit vector to the direction of the mean, and Q is a product of random
    // reflections: uniform among rotations and reflections. G. W. Stewart, SIAM J. Numer. Anal. 17 (1980), 403-409.
    private void Rotate(EnsembleNoise noise)
    {
        Span<double> v = _reflection;
        double entry = 1.0 / Math.Sqrt(Count);
        v.Fill(-entry);
        v[0] = 1.0 - entry;
        Reflect(0, v);
        for (int first = 1; first < Count; first++)
        {
            Span<double> g = _reflection.AsSpan(first);
            for (int i = 0; i < g.Length; i++)
            {
                g[i] = noise.Normal(first, i);
            }

            double sign = g[0] >= 0.0 ? 1.0 : -1.0;
            g[0] += sign * Math.Sqrt(Dense.Dot(g, g));
            if (g.Length > 1)
            {
                Reflect(first, g);
            }

            for (int row = 0; row < StateCount && sign > 0.0; row++)
            {
                _corrected[(row * Count) + first] = -_corrected[(row * Count) + first];
            }
        }

        v.Fill(-entry);
        v[0] = 1.0 - entry;
        Reflect(0, v);
    }

    private void Reflect(int first, ReadOnlySpan<double> v)
    {
        double scale = 2.0 / Dense.Dot(v, v);
        for (int i = 0; i < StateCount; i++)
        {
            Span<double> row = _corrected.AsSpan((i * Count) + first, v.Length);
            Dense.Axpy(-scale * Dense.Dot(row, v), v, row);
        }
    }
}
