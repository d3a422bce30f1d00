using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>The continuous-discrete unscented filter: between measurements the moments follow differential equations of sigma points.</summary>
/// <remarks>
/// <para>
/// dm/dt = sum w f(X_i) and dP/dt = sum w [(X_i - m) f(X_i)' + f(X_i) (X_i - m)'] + B B', the points drawn from the belief at every instant
/// and the covariance kept as its factor, by the solver of the <see cref="FlowTransition"/>. Where <see cref="UnscentedKalmanFilter"/> with a
/// flow moves each point to the end and adds the noise there, this one lets noise and curvature act on each other on the way;
/// only first differences of f enter the covariance, so that beta has no influence on a prediction.
/// </para>
/// <para>
/// Updates draw points anew. Cost: n + 2 n^2 equations, 2 n + 1 evaluations of the flow and about 2 n^3 multiplications each time.
/// S. Sarkka, IEEE Trans. Autom. Control 52 (2007), 1631-1641.
/// </para>
/// </remarks>
public sealed class ContinuousUnscentedKalmanFilter : SigmaPointFilter
{
    private readonly SigmaPointFlow _flow;
    private readonly SigmaPointSpread _spread = new();
    private readonly SigmaPointRule _rule;
    private readonly double[] _cross;
    private readonly double[] _white;
    private readonly double[] _rest;

    /// <summary>Starts a filter.</summary>
    /// <param name="transition">The flow of a mode.</param>
    /// <param name="sensor">The sensor of updates that name none; null if every update names its own.</param>
    /// <param name="initial">The belief at <paramref name="time"/>; copied.</param>
    /// <param name="time">Time of the initial belief, in seconds.</param>
    /// <exception cref="ModelException">The sizes do not fit.</exception>
    public ContinuousUnscentedKalmanFilter(FlowTransition transition, MeasurementModel? sensor, GaussianBelief initial, double time = 0.0)
        : base(transition, sensor, initial, time)
    {
        int n = transition.StateCount;
        _rule = _spread.Rule(n);
        _flow = new SigmaPointFlow(transition, _rule);
        _cross = new double[n * n];
        _white = new double[n * n];
        _rest = new double[n * n];
    }

    /// <summary>Where the points lie and what they weigh; alpha = 1, beta = 2, kappa = 0 by default.</summary>
    /// <exception cref="ModelException">The numbers make no points.</exception>
    public SigmaPointSpread Spread
    {
        get => _spread;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            _spread = value;
            _rule = value.Rule(StateCount);
        }
    }

    /// <inheritdoc/>
    private protected override SigmaPointRule Rule => _rule;

    /// <inheritdoc/>
    internal override EstimationStatus PredictCore(
        double from, double to, ReadOnlySpan<double> input, GaussianBelief prior, GaussianBelief result) =>
        _flow.Move(_rule, from, to, input, prior, result, _cross) ? EstimationStatus.Done : EstimationStatus.FlowFailed;

    /// <inheritdoc/>
    internal override int DeviationColumns => 2 * StateCount;

    /// <inheritdoc/>
    /// <remarks>[D, E] with E E' = P^- - D D' = L (I - N' N) L' and N' = L^-1 D.</remarks>
    internal override void WriteDeviations(GaussianBelief prior, GaussianBelief predicted, Span<double> deviations, Span<double> lengths)
    {
        int n = StateCount;
        _cross.CopyTo(_white, 0);
        LowerTriangular.SolveRows(predicted.Factor, _white, n);
        Dense.TransposedMultiply(_white, _white, _rest, n, n, n);
        for (int i = 0; i < n * n; i++)
        {
            _rest[i] = (i % (n + 1) == 0 ? 1.0 : 0.0) - _rest[i];
        }

        // What the solver left over below zero counts as zero.
        if (Cholesky.Factor(_rest, _white, n, 1e-6) >= 0)
        {
            _white.AsSpan().Clear();
        }

        Dense.Multiply(predicted.Factor, _white, _rest, n, n, n);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                deviations[(i * 2 * n) + j] = _cross[(j * n) + i];
                deviations[(i * 2 * n) + n + j] = _rest[(i * n) + j];
            }

            lengths[i] = predicted.Deviation(i) + Math.Abs(predicted.Mean[i]);
        }
    }
}
