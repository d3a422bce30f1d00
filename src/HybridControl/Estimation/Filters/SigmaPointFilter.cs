using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>A filter that moves a belief by moving points of it, in square-root form.</summary>
/// <remarks>
/// <para>
/// Needs no Jacobians, and sees curvature. Points are drawn from the columns of the Cholesky factor; what becomes of them is
/// reduced to deviations whose square is the covariance, and an array of these and of the noise is triangularised: no
/// covariance is formed or subtracted. Differences and means are those of the geometry, so that angles work.
/// </para>
/// <para>
/// Nothing is allocated after the first step of a kind. About (2 n + q) n^2 multiplications a prediction and 2 n + 1 evaluations
/// of the model. R. van der Merwe and E. A. Wan, Proc. IEEE ICASSP (2001), 3461-3464, for the square-root form.
/// </para>
/// </remarks>
public abstract class SigmaPointFilter : GaussianFilter
{
    private readonly SigmaPointMoments _moments;
    private readonly SigmaPointUpdate _update;
    private readonly GaussianBelief _moved;
    private readonly double[] _points;
    private readonly double[] _movedPoints;
    private readonly WorkMatrix _transposed;
    private readonly WorkMatrix _gram;
    private readonly SquareMemory _noiseSquare = new();
    private readonly double[] _deviations;
    private readonly double[] _array;
    private readonly double[] _noise;
    private readonly double[] _surplus;
    private bool _hasMoved;

    /// <inheritdoc cref="GaussianFilter(TransitionModel, MeasurementModel?, GaussianBelief, double)"/>
    private protected SigmaPointFilter(TransitionModel transition, MeasurementModel? sensor, GaussianBelief initial, double time)
        : base(transition, sensor, initial, time)
    {
        int n = transition.StateCount;
        int most = ((2 * n) + 1) * n;
        Columns = (2 * n) + transition.NoiseCount;
        _moments = new SigmaPointMoments(n);
        _update = new SigmaPointUpdate(n, _moments);
        _moved = new GaussianBelief(n);
        _points = new double[most];
        _movedPoints = new double[most];
        _transposed = new WorkMatrix(2 * n, n);
        _gram = new WorkMatrix(n, n);
        _deviations = new double[n * Columns];
        _array = new double[n * Columns];
        _noise = new double[n * transition.NoiseCount];
        _surplus = new double[n];
    }

    /// <summary>Whether points are drawn anew from the predicted belief before a measurement; true by default.</summary>
    /// <remarks>
    /// New points include the process noise of the prediction: on linear models the filter then is the Kalman filter. Without,
    /// the first update after a prediction uses the points where the prediction has left them, which keep what they know of
    /// the skewness of the belief, but lack the noise: the correlation of state and measurement is underestimated unless Q is small.
    /// Later updates at the same time always draw anew.
    /// </remarks>
    public bool RedrawBeforeUpdate { get; init; } = true;

    /// <summary>Where the points lie.</summary>
    private protected abstract SigmaPointRule Rule { get; }

    /// <summary>Columns of the deviations of a prediction: [A, B, G].</summary>
    private int Columns { get; }

    /// <inheritdoc/>
    internal override EstimationStatus PredictCore(
        double from, double to, ReadOnlySpan<double> input, GaussianBelief prior, GaussianBelief result)
    {
        _hasMoved = false;
        int n = StateCount;
        SigmaPointRule rule = Rule;
        StateGeometry geometry = Transition.Geometry;
        _moments.Draw(rule, prior.Mean, prior.Factor, geometry, _points);
        for (int i = 0; i < rule.Count; i++)
        {
            if (!Transition.Propagate(from, to, _points.AsSpan(i * n, n), input, _movedPoints.AsSpan(i * n, n)))
            {
                return Transition.Failure;
            }
        }

        if (!Transition.Noise(from, to, prior.Mean, input, _noise))
        {
            return Transition.Failure;
        }

        _moments.Mean(rule, _movedPoints, geometry, result.MutableMean);
        _moments.Deviations(rule, _movedPoints, geometry, result.Mean, _transposed, _surplus);
        if (rule.Surplus == 0.0 && RedrawBeforeUpdate)
        {
            _noiseSquare.Of(_noise, n, Transition.NoiseCount).Span.CopyTo(_gram.Span);
            GramTriangle.Add(_transposed, 2 * n, _gram, n);
            if (GramTriangle.TryFactor(_gram, n, result.MutableFactor))
            {
                return EstimationStatus.Done;
            }
        }

        return Reflect(rule, result);
    }

    // The factor of [A, B, G], less a dyad if the rule has a surplus.
    private EstimationStatus Reflect(SigmaPointRule rule, GaussianBelief result)
    {
        int n = StateCount;
        ArrangeDeviations();
        if (!Dense.IsFinite(_deviations))
        {
            return EstimationStatus.NotFinite;
        }

        _deviations.CopyTo(_array, 0);
        LowerTriangularization.Apply(_array, n, Columns);
        LowerTriangularization.CopyTriangle(_array, Columns, 0, result.MutableFactor, n);
        if (rule.Surplus > 0.0)
        {
            _surplus.CopyTo(_array, 0);
            if (!CholeskyDowndate.Apply(result.MutableFactor, n, _array.AsSpan(0, n)))
            {
                return EstimationStatus.Indefinite;
            }
        }

        _moved.CopyFrom(result);
        _hasMoved = true;
        return EstimationStatus.Done;
    }

    // [A, B, G] by rows, from the deviations and the noise of the last prediction.
    private void ArrangeDeviations()
    {
        int n = StateCount;
        int q = Transition.NoiseCount;
        BlockTranspose.Apply(_transposed.Span, _transposed.Width, _deviations, Columns, 2 * n, n);
        for (int i = 0; i < n; i++)
        {
            _noise.AsSpan(i * q, q).CopyTo(_deviations.AsSpan((i * Columns) + (2 * n)));
        }
    }

    /// <inheritdoc/>
    internal override EstimationStatus UpdateCore(
        MeasurementModel sensor, ReadOnlySpan<double> measurement, GaussianBelief prior, GaussianBelief result, Innovation innovation)
    {
        if (!RedrawBeforeUpdate && _hasMoved && prior.Mean.SequenceEqual(_moved.Mean) && prior.Factor.SequenceEqual(_moved.Factor))
        {
            return _update.Apply(
                Rule, _movedPoints, _deviations, Columns, _surplus, sensor, Time, measurement, prior, innovation, Transition.Geometry, result);
        }

        _moments.Draw(Rule, prior.Mean, prior.Factor, Transition.Geometry, _points);
        return _update.Apply(
            Rule, _points, prior.Factor, StateCount, [], sensor, Time, measurement, prior, innovation, Transition.Geometry, result);
    }

    /// <inheritdoc/>
    /// <remarks>None with a surplus: then the covariance is not the square of the deviations.</remarks>
    internal override int DeviationColumns => Rule.Surplus == 0.0 ? Columns : 0;

    /// <inheritdoc/>
    internal override void WriteDeviations(GaussianBelief prior, GaussianBelief predicted, Span<double> deviations, Span<double> lengths)
    {
        ArrangeDeviations();
        _deviations.CopyTo(deviations);
        for (int i = 0; i < lengths.Length; i++)
        {
            lengths[i] = predicted.Deviation(i) + Math.Abs(predicted.Mean[i]);
        }
    }
}
