using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Predictions and updates where sensors feel the process noise omega: the belief is joint over states and sources.</summary>
/// <remarks>
/// [x; omega] = [m; c] + [[L, 0], [C, D]] e is kept in factor form. With noise of the starting step an update leaves the joint
/// belief, and the next prediction is x+ = f(m) + G c with the factor of [F L + G C, G D]. With noise of the ending step the
/// prediction leaves it: [[F L, G], [0, I]] is triangularised. An update in either case is the ordinary array update of
/// n + q unknowns by [H, M]. No covariance is inverted: Q and R may be singular. Work space of one filter.
/// </remarks>
internal sealed class SharedNoise
{
    private readonly int _n;
    private readonly int _q;
    private readonly CorrelatedStep _step;
    private readonly double[] _array;
    private readonly double[] _shift;
    private readonly StateGeometry _flat;
    private readonly GaussianBelief _prior;
    private readonly GaussianBelief _posterior;
    private readonly ArrayUpdate _update;
    private double[] _jacobian = [];

    /// <summary>Makes room for n states and q sources.</summary>
    public SharedNoise(int n, int q, CorrelatedStep step)
    {
        (_n, _q, _step) = (n, q, step);
        int joint = n + q;
        _array = new double[joint * joint];
        _shift = new double[n];
        _flat = StateGeometry.Flat(joint);
        _prior = new GaussianBelief(joint);
        _posterior = new GaussianBelief(joint);
        _update = new ArrayUpdate(joint);
    }

    /// <summary>Which step's noise is felt.</summary>
    public CorrelatedStep Step => _step;

    /// <summary>Predicts; <paramref name="result"/> holds f(m) and receives the rest.</summary>
    public void Predict(
        ReadOnlySpan<double> jacobian, ReadOnlySpan<double> noise, GaussianBelief prior, StateGeometry geometry, GaussianBelief result)
    {
        (int n, int q) = (_n, _q);
        bool starting = _step == CorrelatedStep.Starting;
        int rows = starting ? n : n + q;
        int columns = n + q;
        Span<double> array = _array.AsSpan(0, rows * columns);
        array.Clear();
        Dense.MultiplyLower(jacobian, prior.Factor, array, n, n, columns);
        NoiseMemory memory = result.MutableMemory(q);
        if (starting && prior.Memory is { IsActive: true } felt)
        {
            Dense.MultiplyVector(noise, felt.Mean, _shift);
            geometry.Add(result.MutableMean, _shift);
            AddFelt(noise, felt, array, n);
        }
        else
        {
            for (int i = 0; i < n; i++)
            {
                noise.Slice(i * q, q).CopyTo(array[((i * columns) + n)..]);
            }
        }

        for (int j = 0; j < rows - n; j++)
        {
            array[((n + j) * columns) + n + j] = 1.0;
        }

        LowerTriangularization.Apply(array, rows, columns);
        LowerTriangularization.CopyTriangle(array, columns, 0, result.MutableFactor, n);
        memory.Forget();
        if (!starting)
        {
            memory.Mean.Clear();
            Remember(array, memory);
        }
    }

    /// <summary>Adds [G C, G D] to an array of deviations, n by n + q.</summary>
    /// <param name="noise">G, n by q.</param>
    /// <param name="felt">What is known of the sources before the step.</param>
    /// <param name="array">The array, whose first n columns belong to the state before the step.</param>
    /// <param name="n">The number of states.</param>
    public static void AddFelt(ReadOnlySpan<double> noise, NoiseMemory felt, Span<double> array, int n)
    {
        int q = felt.Count;
        int columns = n + q;
        for (int i = 0; i < n; i++)
        {
            Span<double> row = array.Slice(i * columns, columns);
            for (int j = 0; j < q; j++)
            {
                double g = noise[(i * q) + j];
                Dense.Axpy(g, felt.Cross.Slice(j * n, n), row[..n]);
                Dense.Axpy(g, felt.Own.Slice(j * q, q), row[n..]);
            }
        }
    }

    /// <summary>Updates a belief with a sensor, correlated or not.</summary>
    public EstimationStatus Update(
        GaussianBelief prior, LinearizedSensor sensed, MeasurementModel sensor, Innovation innovation, StateGeometry geometry,
        GaussianBelief result)
    {
        (int n, int q, int k) = (_n, _q, innovation.Count);
        int joint = n + q;
        NoiseMemory? known = prior.Memory is { IsActive: true } active ? active : null;
        Join(prior, known);
        if (_jacobian.Length < k * joint)
        {
            _jacobian = new double[k * joint];
        }

        Span<double> jacobian = _jacobian.AsSpan(0, k * joint);
        jacobian.Clear();
        for (int i = 0; i < k; i++)
        {
            sensed.Jacobian.Slice(i * n, n).CopyTo(jacobian[(i * joint)..]);
            if (sensor is CorrelatedMeasurement correlated)
            {
                ReadOnlySpan<double> loading = correlated.Loading(innovation.Component(i));
                loading.CopyTo(jacobian[((i * joint) + n)..]);
                innovation.MutableValue[i] -= Dense.Dot(loading, _prior.Mean[n..]);
            }
        }

        EstimationStatus status = _update.Apply(_prior, jacobian, sensed.Noise, sensor.Count, innovation, _flat, _posterior);
        if (status != EstimationStatus.Done)
        {
            return status;
        }

        prior.Mean.CopyTo(result.MutableMean);
        geometry.Add(result.MutableMean, _posterior.Mean[..n]);
        ReadOnlySpan<double> factor = _posterior.Factor;
        for (int i = 0; i < n; i++)
        {
            factor.Slice(i * joint, n).CopyTo(result.MutableFactor[(i * n)..]);
        }

        NoiseMemory memory = result.MutableMemory(q);
        _posterior.Mean[n..].CopyTo(memory.Mean);
        Remember(factor, memory);
        return status;
    }

    // The mean of the states is kept apart, so that their correction can follow their geometry.
    private void Join(GaussianBelief prior, NoiseMemory? known)
    {
        (int n, int q) = (_n, _q);
        int joint = n + q;
        Span<double> mean = _prior.MutableMean;
        Span<double> factor = _prior.MutableFactor;
        mean.Clear();
        factor.Clear();
        for (int i = 0; i < n; i++)
        {
            prior.Factor.Slice(i * n, i + 1).CopyTo(factor[(i * joint)..]);
        }

        for (int j = 0; j < q; j++)
        {
            Span<double> row = factor.Slice((n + j) * joint, joint);
            if (known is null)
            {
                row[n + j] = 1.0;
                continue;
            }

            mean[n + j] = known.Mean[j];
            known.Cross.Slice(j * n, n).CopyTo(row);
            known.Own.Slice(j * q, q).CopyTo(row[n..]);
        }
    }

    private void Remember(ReadOnlySpan<double> factor, NoiseMemory memory)
    {
        int joint = _n + _q;
        for (int j = 0; j < _q; j++)
        {
            ReadOnlySpan<double> row = factor.Slice((_n + j) * joint, joint);
            row[.._n].CopyTo(memory.Cross[(j * _n)..]);
            row[_n..].CopyTo(memory.Own[(j * _q)..]);
        }

        memory.Remember();
    }
}
