using HybridControl.Diagnostics;
using HybridControl.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Estimation;

/// <summary>A sensor that feels the process noise: z = h(x) + M omega + v, where the transition is x+ = f(x) + G omega.</summary>
/// <remarks>
/// An accelerometer on a structure feels the force that drives it. M is m by q over the q sources omega ~ N(0, I) of the
/// transition, v the noise that is the sensor's own; then E[w v'] = S = G M' and R = M M' + own. Nothing is inverted, so
/// that Q and R may be singular. <see cref="KalmanFilter"/> and <see cref="ExtendedKalmanFilter"/> take such sensors; the order of
/// predictions and updates stays. T. Kailath, A. H. Sayed and B. Hassibi, Linear Estimation (2000), chapter 9.
/// </remarks>
public sealed class CorrelatedMeasurement : MeasurementModel
{
    private readonly MeasurementModel _own;
    private readonly double[] _loading;
    private readonly double[] _array;

    /// <summary>Creates a sensor from what it feels of each source.</summary>
    /// <param name="sensor">What is seen, with the noise that is its own.</param>
    /// <param name="loading">M, m by q, for the q columns of the transition's noise factor (<see cref="LinearTransition.FromNoiseFactor"/>).</param>
    /// <param name="step">Which step's noise is felt.</param>
    /// <exception cref="ModelException">M has not one row for each component of the sensor, there is no component, or a number is not finite.</exception>
    public CorrelatedMeasurement(MeasurementModel sensor, double[,] loading, CorrelatedStep step = CorrelatedStep.Starting)
        : this(sensor, Flatten(sensor, loading), step)
    {
    }

    private CorrelatedMeasurement(MeasurementModel own, double[] loading, CorrelatedStep step)
        : base(own.Names, own.StateCount)
    {
        (_own, _loading, Step) = (own, loading, step);
        SourceCount = loading.Length / Count;
        _array = new double[Count * (SourceCount + Count)];
        Geometry = own.Geometry;
    }

    /// <summary>Which step's noise is felt.</summary>
    public CorrelatedStep Step { get; }

    /// <summary>The number q of sources of process noise.</summary>
    public int SourceCount { get; }

    /// <inheritdoc/>
    public override bool IsLinear => _own.IsLinear;

    /// <summary>The sensor with its own noise only.</summary>
    internal MeasurementModel Own => _own;

    /// <summary>Creates a sensor from the cross-covariance S = E[w v'].</summary>
    /// <param name="sensor">What is seen, with all of its noise R.</param>
    /// <param name="transition">The transition whose noise is correlated with it.</param>
    /// <param name="s">S, n by m.</param>
    /// <param name="step">Which step's noise is meant.</param>
    /// <param name="stepSeconds">Length of the steps, for transitions in continuous time.</param>
    /// <exception cref="ModelException">Sizes differ, or no joint noise has these Q, S and R: S must lie in the range of Q, and R - S' Q^+ S be positive semidefinite.</exception>
    /// <remarks>M is the solution of G M' = S, own noise has the covariance R - M M'. Noise is evaluated at zero states and inputs.</remarks>
    public static CorrelatedMeasurement FromCrossCovariance(
        MeasurementModel sensor, TransitionModel transition, double[,] s, CorrelatedStep step = CorrelatedStep.Starting, double stepSeconds = 1.0)
    {
        ArgumentNullException.ThrowIfNull(sensor);
        ArgumentNullException.ThrowIfNull(transition);
        (int n, int m, int q) = (transition.StateCount, sensor.Count, transition.NoiseCount);
        CovarianceFactor.CheckCount("correlation.sensor: states", sensor.StateCount, n);
        Matrices.CheckSize("correlation.S", s, n, m);
        double[] cross = Matrices.Flatten(s, "correlation.S");
        double[] g = new double[n * q];
        double[] a = new double[m * m];
        transition.Noise(0.0, stepSeconds, new double[n], new double[transition.InputCount], g);
        sensor.Noise(0.0, new double[n], a);
        double[] loading = new double[m * q];
        double[] own = new double[m * m];
        Dense.MultiplyTransposed(a, a, own, m, m, m);
        Matrix<double> factor = Matrix<double>.Build.DenseOfRowMajor(n, q, g);
        Matrix<double> pseudoInverse = factor.PseudoInverse();
        for (int i = 0; i < m; i++)
        {
            Vector<double> column = Vector<double>.Build.Dense(n, j => cross[(j * m) + i]);
            Vector<double> row = pseudoInverse * column;
            if (((factor * row) - column).L2Norm() > 1e-9 * column.L2Norm())
            {
                throw new ModelException(
                    FormattableString.Invariant($"correlation.S, column {i}"),
                    $"component '{sensor.Names[i]}' is correlated with process noise that the transition does not have",
                    "Give an S whose columns lie in the range of Q.");
            }

            row.AsArray().CopyTo(loading, i * q);
        }

        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < m; j++)
            {
                own[(i * m) + j] -= Dense.Dot(loading.AsSpan(i * q, q), loading.AsSpan(j * q, q));
            }
        }

        double[] root = new double[m * m];
        if (Cholesky.Factor(own, root, m, 1e-12) >= 0)
        {
            throw new ModelException(
                "correlation.S", "no noise has these covariances: R - S' Q^+ S is not positive semidefinite", "Give a smaller S or a larger R.");
        }

        return new CorrelatedMeasurement(new MeasurementWithNoise(sensor, root), loading, step);
    }

    /// <summary>Row of M for a component, q numbers.</summary>
    internal ReadOnlySpan<double> Loading(int component) => _loading.AsSpan(component * SourceCount, SourceCount);

    /// <inheritdoc/>
    public override void Predict(double time, ReadOnlySpan<double> x, Span<double> z) => _own.Predict(time, x, z);

    /// <inheritdoc/>
    public override void Linearize(double time, ReadOnlySpan<double> x, Span<double> z, Span<double> jacobian) =>
        _own.Linearize(time, x, z, jacobian);

    /// <inheritdoc/>
    /// <remarks>Of all noise together, M omega + v.</remarks>
    public override void Noise(double time, ReadOnlySpan<double> x, Span<double> factor)
    {
        int columns = Count + SourceCount;
        _own.Noise(time, x, factor);
        for (int i = 0; i < Count; i++)
        {
            factor.Slice(i * Count, Count).CopyTo(_array.AsSpan(i * columns));
            Loading(i).CopyTo(_array.AsSpan((i * columns) + Count));
        }

        LowerTriangularization.Apply(_array, Count, columns);
        LowerTriangularization.CopyTriangle(_array, columns, 0, factor, Count);
    }

    /// <inheritdoc/>
    public override MeasurementModel Fork() => new CorrelatedMeasurement(_own.Fork(), _loading, Step);

    private static double[] Flatten(MeasurementModel sensor, double[,] loading)
    {
        ArgumentNullException.ThrowIfNull(sensor);
        ArgumentNullException.ThrowIfNull(loading);
        if (sensor.Count == 0)
        {
            throw new ModelException("correlation.sensor", "the sensor has no components", "Give it one at least.");
        }

        Matrices.CheckSize("correlation.loading", loading, sensor.Count, loading.GetLength(1));
        return Matrices.Flatten(loading, "correlation.loading");
    }
}
