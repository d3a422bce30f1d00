using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>The H-infinity filter: bounds the worst ratio of estimation error to disturbance, instead of its mean square.</summary>
/// <remarks>
/// For all disturbances, sum |W (x_k - m_k)|^2 &lt;= gamma^2 (|L0^-1 (x_0 - m_0)|^2 + sum |omega_k|^2 + sum |A^-1 v_k|^2) with m_k the
/// estimate that the step from k starts with, the initial one included. Updates are those of the Kalman filter. Before a step the matrix P is enlarged to
/// (P^-1 - gamma^-2 W'W)^-1 = L (I - gamma^-2 (W L)'(W L))^-1 L', from a Cholesky factor that exists exactly if the filter does:
/// if not, the prediction answers <see cref="EstimationStatus.GainUnattainable"/>. P is a bound, not a covariance: NIS and likelihood
/// are those of a Kalman filter with so much more noise. As gamma grows it tends to the Kalman filter, and is it for infinity.
/// Nonlinear models are linearised at the estimate; the bound then holds to first order. A step allocates nothing.
/// B. Hassibi, A. H. Sayed and T. Kailath, Indefinite-Quadratic Estimation and Control (SIAM 1999); factor form ours.
/// </remarks>
public sealed class HInfinityFilter : LinearizedFilter
{
    // A pivot of I - gamma^-2 (W L)'(W L) this near to zero is none.
    private const double Resolution = 1e-12;

    private readonly double[] _weights;
    private readonly int _rows;
    private readonly double[] _weighted;
    private readonly double[] _rest;
    private readonly double[] _factor;
    private readonly GaussianBelief _enlarged;

    /// <summary>Starts a filter.</summary>
    /// <param name="transition">How the states move.</param>
    /// <param name="sensor">The sensor of updates that name none; null if every update names its own.</param>
    /// <param name="initial">The belief at <paramref name="time"/>; copied.</param>
    /// <param name="gain">The bound gamma; infinity for the Kalman filter.</param>
    /// <param name="weights">W, any number of rows by n: which errors count, and how much; all states alike if omitted.</param>
    /// <param name="time">Time of the initial belief, in seconds.</param>
    /// <exception cref="ModelException">The sizes do not fit, or the gain is not positive.</exception>
    public HInfinityFilter(
        TransitionModel transition, MeasurementModel? sensor, GaussianBelief initial, double gain, double[,]? weights = null, double time = 0.0)
        : base(transition, sensor, initial, time)
    {
        if (!(gain > 0.0))
        {
            throw new ModelException("filter.gain", FormattableString.Invariant($"the gain {gain}"), "Give a positive number, see SmallestGain.");
        }

        int n = StateCount;
        if (weights is null)
        {
            weights = new double[n, n];
            for (int i = 0; i < n; i++)
            {
                weights[i, i] = 1.0;
            }
        }

        Matrices.CheckSize("filter.weights", weights, weights.GetLength(0), n);
        Gain = gain;
        _weights = Matrices.Flatten(weights, "filter.weights");
        _rows = weights.GetLength(0);
        _weighted = new double[_rows * n];
        _rest = new double[n * n];
        _factor = new double[n * n];
        _enlarged = GaussianBelief.WithRoom(n);
    }

    /// <summary>The bound gamma.</summary>
    public double Gain { get; }

    /// <summary>Whether the filter exists at the present belief, so that it can go on.</summary>
    public bool IsAttainable => FactorRest(Belief);

    /// <inheritdoc/>
    internal override bool TakesUnknown => false;

    /// <inheritdoc/>
    internal override bool TakesCorrelatedNoise => false;

    /// <inheritdoc/>
    /// <remarks>None: P is a bound, and what a smoother would make of it is not.</remarks>
    internal override int DeviationColumns => 0;

    /// <summary>The smallest gain for which the filter exists over a number of steps with a measurement after each, by bisection.</summary>
    /// <param name="transition">How the states move; linear.</param>
    /// <param name="sensor">What is measured after each step; linear.</param>
    /// <param name="initial">The belief at time zero.</param>
    /// <param name="steps">The number of steps.</param>
    /// <param name="weights">W; all states alike if omitted.</param>
    /// <param name="stepSeconds">Length of a step.</param>
    /// <returns>The gain, to a relative 1e-9: the filter exists for it, and for no gain smaller by more than that.</returns>
    /// <exception cref="ModelException">A model is not linear or takes inputs, the sizes do not fit, or no finite gain was found.</exception>
    public static double SmallestGain(
        TransitionModel transition, MeasurementModel sensor, GaussianBelief initial, int steps, double[,]? weights = null, double stepSeconds = 1.0)
    {
        ArgumentNullException.ThrowIfNull(transition);
        ArgumentNullException.ThrowIfNull(sensor);
        if (!transition.IsLinear || !sensor.IsLinear || transition.InputCount > 0)
        {
            throw new ModelException(
                "transition", "the smallest gain depends on states or inputs", "Give linear models without inputs; inputs do not change the gain.");
        }

        bool Exists(double gain)
        {
            var filter = new HInfinityFilter(transition, sensor, initial, gain, weights);
            double[] z = new double[sensor.Count];
            for (int k = 1; k <= steps; k++)
            {
                if (filter.Predict(k * stepSeconds) != EstimationStatus.Done)
                {
                    return false;
                }

                filter.Update(z);
            }

            return filter.IsAttainable;
        }

        (double low, double high) = (0.0, 1.0);
        for (int doubling = 0; !Exists(high); doubling++)
        {
            if (doubling == 200)
            {
                throw new ModelException("gain", "the filter exists for no finite gain", "Check that the errors that count can be seen by the sensor.");
            }

            (low, high) = (high, 2.0 * high);
        }

        while (high - low > 1e-9 * high)
        {
            double middle = 0.5 * (low + high);
            (low, high) = Exists(middle) ? (low, middle) : (middle, high);
        }

        return high;
    }

    /// <inheritdoc/>
    internal override EstimationStatus PredictCore(
        double from, double to, ReadOnlySpan<double> input, GaussianBelief prior, GaussianBelief result)
    {
        if (!FactorRest(prior))
        {
            return EstimationStatus.GainUnattainable;
        }

        if (double.IsPositiveInfinity(Gain))
        {
            return base.PredictCore(from, to, input, prior, result);
        }

        int n = StateCount;
        Span<double> enlarged = _enlarged.MutableFactor;
        prior.Factor.CopyTo(enlarged);
        LowerTriangular.SolveRows(_factor, enlarged, n);
        LowerTriangularization.Apply(enlarged, n, n);
        prior.Mean.CopyTo(_enlarged.MutableMean);
        return base.PredictCore(from, to, input, _enlarged, result);
    }

    // The Cholesky factor of I - gamma^-2 (W L)'(W L); false if there is none.
    private bool FactorRest(GaussianBelief belief)
    {
        int n = StateCount;
        Dense.MultiplyLower(_weights, belief.Factor, _weighted, _rows, n, n);
        Dense.TransposedMultiply(_weighted, _weighted, _rest, n, _rows, n);
        for (int i = 0; i < n * n; i++)
        {
            _rest[i] = (i % (n + 1) == 0 ? 1.0 : 0.0) - (_rest[i] / (Gain * Gain));
        }

        if (Cholesky.Factor(_rest, _factor, n) >= 0)
        {
            return false;
        }

        for (int i = 0; i < n; i++)
        {
            double pivot = _factor[i * (n + 1)];
            if (pivot * pivot <= Resolution)
            {
                return false;
            }
        }

        return true;
    }
}
