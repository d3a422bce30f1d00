using HybridControl.Numerics;
using HybridControl.Simulation;

namespace HybridControl.Estimation;

/// <summary>What a sensor would have seen of many states, beside what it saw. Work space of one filter.</summary>
/// <remarks>Tables are by component in use, then member, with the stride of the members.</remarks>
internal sealed class MemberSensor
{
    private const double LogTwoPi = 1.8378770664093454836;
    private const double Epsilon = 2.220446049250313e-16;

    private readonly int _n;
    private readonly double[] _x;
    private double[] _predicted = [];
    private double[] _residual = [];
    private double[] _white = [];
    private double[] _row = [];
    private double[] _noise = [];
    private double[] _factor = [];
    private double[] _covariance = [];
    private int _stride;
    private int _count;
    private int _members;

    /// <summary>Makes room for one state of n numbers.</summary>
    public MemberSensor(int n)
    {
        _n = n;
        _x = new double[n];
    }

    /// <summary>The number k of components in use.</summary>
    public int Count => _count;

    /// <summary>z - h(x) for a component in use and all members.</summary>
    public Span<double> Residual(int component) => _residual.AsSpan(component * _stride, _members);

    /// <summary>The factor of the noise covariance of the components in use, k by k, lower triangular: that of the last member asked for.</summary>
    public ReadOnlySpan<double> NoiseFactor => _factor.AsSpan(0, _count * _count);

    /// <summary>Predicts the measurement of every member and subtracts.</summary>
    public void Observe(MeasurementModel sensor, double time, StateEnsemble members, ReadOnlySpan<double> measurement, Innovation innovation)
    {
        int m = sensor.Count;
        ReadOnlySpan<int> components = innovation.Components;
        (_count, _stride, _members) = (components.Length, members.Stride, members.Count);
        Reserve(m);
        sensor.Predict(time, members, _predicted);
        if (sensor.Geometry.IsFlat)
        {
            for (int i = 0; i < _count; i++)
            {
                ReadOnlySpan<double> predicted = _predicted.AsSpan(components[i] * _stride, _members);
                Span<double> residual = Residual(i);
                double z = measurement[components[i]];
                for (int member = 0; member < residual.Length; member++)
                {
                    residual[member] = z - predicted[member];
                }
            }
        }
        else
        {
            SubtractOneByOne(sensor, measurement, components);
        }

        members.Read(0, _x);
        LoadNoise(sensor, time, components);
    }

    /// <summary>Logarithm of the density of the measurement at each member.</summary>
    /// <returns>The smallest squared distance of a member from the measurement, in standard deviations of the noise.</returns>
    public double WriteLikelihoods(MeasurementModel sensor, double time, StateEnsemble members, Innovation innovation, Span<double> logDensities)
    {
        if (!sensor.HasConstantNoise)
        {
            return WeighOneByOne(sensor, time, members, innovation.Components, logDensities);
        }

        double constant = -0.5 * _count * LogTwoPi;
        logDensities.Clear();
        for (int i = 0; i < _count; i++)
        {
            double pivot = _factor[(i * _count) + i];
            constant -= pivot > 0.0 ? Math.Log(pivot) : 0.0;
            Span<double> white = _white.AsSpan(i * _stride, _members);
            Residual(i).CopyTo(white);
            for (int j = 0; j < i; j++)
            {
                Dense.Axpy(-_factor[(i * _count) + j], _white.AsSpan(j * _stride, _members), white);
            }

            for (int member = 0; member < white.Length; member++)
            {
                double value = white[member] / pivot;
                white[member] = value;
                logDensities[member] -= 0.5 * value * value;
            }
        }

        double nearest = double.PositiveInfinity;
        for (int member = 0; member < logDensities.Length; member++)
        {
            nearest = -2.0 * logDensities[member] < nearest ? -2.0 * logDensities[member] : nearest;
            logDensities[member] += constant;
        }

        return nearest;
    }

    /// <summary>Writes innovation and S = covariance of h(x) plus R into the record of an update.</summary>
    /// <param name="weights">A weight for each member.</param>
    /// <param name="unbias">Factor of the covariance of h(x).</param>
    /// <param name="innovation">Receives value and factor.</param>
    public EstimationStatus WriteInnovation(ReadOnlySpan<double> weights, double unbias, Innovation innovation)
    {
        Span<double> value = innovation.MutableValue;
        for (int i = 0; i < _count; i++)
        {
            value[i] = Dense.Dot(weights, Residual(i));
        }

        Span<double> covariance = _covariance.AsSpan(0, _count * _count);
        Dense.LowerSquare(_factor, covariance, _count);
        double rounding = 8.0 * Epsilon * Math.Sqrt(weights.Length);
        for (int i = 0; i < _count; i++)
        {
            Span<double> centered = _white.AsSpan(i * _stride, _members);
            ReadOnlySpan<double> residual = Residual(i);
            double least = rounding * Math.Abs(value[i]); // members that agree differ from their mean by rounding only
            for (int member = 0; member < centered.Length; member++)
            {
                double difference = residual[member] - value[i];
                centered[member] = Math.Abs(difference) <= least ? 0.0 : Math.Sqrt(weights[member]) * difference;
            }

            for (int j = 0; j <= i; j++)
            {
                double sum = unbias * Dense.Dot(centered, _white.AsSpan(j * _stride, _members));
                covariance[(i * _count) + j] += sum;
                if (i != j)
                {
                    covariance[(j * _count) + i] += sum;
                }
            }
        }

        return Cholesky.Factor(covariance, innovation.MutableFactor, _count, 1e-12) >= 0 ? EstimationStatus.NotFinite
            : innovation.Weigh() ? EstimationStatus.Done
            : innovation.Misfit;
    }

    private void SubtractOneByOne(MeasurementModel sensor, ReadOnlySpan<double> measurement, ReadOnlySpan<int> components)
    {
        int m = sensor.Count;
        Span<double> z = _row.AsSpan(0, m);
        Span<double> difference = _row.AsSpan(m, m);
        for (int member = 0; member < _members; member++)
        {
            for (int i = 0; i < m; i++)
            {
                z[i] = _predicted[(i * _stride) + member];
            }

            sensor.Geometry.Subtract(measurement, z, difference);
            for (int i = 0; i < components.Length; i++)
            {
                _residual[(i * _stride) + member] = difference[components[i]];
            }
        }
    }

    private double WeighOneByOne(
        MeasurementModel sensor, double time, StateEnsemble members, ReadOnlySpan<int> components, Span<double> logDensities)
    {
        double nearest = double.PositiveInfinity;
        Span<double> white = _row.AsSpan(0, _count);
        for (int member = 0; member < _members; member++)
        {
            members.Read(member, _x);
            LoadNoise(sensor, time, components);
            for (int i = 0; i < _count; i++)
            {
                white[i] = _residual[(i * _stride) + member];
            }

            double constant = -0.5 * _count * LogTwoPi;
            for (int i = 0; i < _count; i++)
            {
                double pivot = _factor[(i * _count) + i];
                white[i] = (white[i] - Dense.Dot(_factor.AsSpan(i * _count, i), white[..i])) / pivot;
                constant -= pivot > 0.0 ? Math.Log(pivot) : 0.0;
            }

            double distance = Dense.Dot(white, white);
            nearest = distance < nearest ? distance : nearest;
            logDensities[member] = constant - (0.5 * distance);
        }

        return nearest;
    }

    // Rows of the components in use, made triangular.
    private void LoadNoise(MeasurementModel sensor, double time, ReadOnlySpan<int> components)
    {
        int m = sensor.Count;
        sensor.Noise(time, _x, _noise.AsSpan(0, m * m));
        for (int i = 0; i < components.Length; i++)
        {
            if (components[i] != i)
            {
                _noise.AsSpan(components[i] * m, m).CopyTo(_noise.AsSpan(i * m));
            }
        }

        Span<double> lengths = _row.AsSpan(m, _count);
        for (int i = 0; i < _count; i++)
        {
            ReadOnlySpan<double> row = _noise.AsSpan(i * m, m);
            lengths[i] = 1e-14 * Math.Sqrt(Dense.Dot(row, row)); // less than that is the rounding of no noise of its own
        }

        LowerTriangularization.Apply(_noise.AsSpan(0, _count * m), _count, m, lengths);
        LowerTriangularization.CopyTriangle(_noise, m, 0, _factor, _count);
    }

    private void Reserve(int m)
    {
        if (_predicted.Length < m * _stride)
        {
            _predicted = new double[m * _stride];
            _residual = new double[m * _stride];
            _white = new double[m * _stride];
        }

        if (_noise.Length < m * m)
        {
            _noise = new double[m * m];
            _factor = new double[m * m];
            _covariance = new double[m * m];
            _row = new double[2 * m];
        }
    }
}
