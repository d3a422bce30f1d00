using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Simulation;

namespace HybridControl.Estimation;

/// <summary>A linear sensor: z = H x + v, v ~ N(0, R).</summary>
/// <remarks>Immutable but for geometry; thread-safe.</remarks>
public sealed class LinearMeasurement : MeasurementModel
{
    private readonly double[] _h;
    private readonly double[] _noise;

    /// <summary>Creates a sensor.</summary>
    /// <param name="h">H, m by n.</param>
    /// <param name="r">R, m by m, symmetric positive semidefinite; zero for an exact sensor.</param>
    /// <param name="names">Names of the m components; z0, z1, ... if omitted.</param>
    /// <exception cref="ModelException">Sizes differ, a number is not finite, or R is not a covariance.</exception>
    public LinearMeasurement(double[,] h, double[,] r, IReadOnlyList<string>? names = null)
        : base(names ?? NumberedNames(Matrices.RowsOf(h)), h.GetLength(1))
    {
        CovarianceFactor.CheckCount("sensor.names", Count, h.GetLength(0));
        _h = Matrices.Flatten(h, "sensor.H");
        Matrices.CheckSize("sensor.R", r, Count, Count);
        _noise = CovarianceFactor.Of(Matrices.Flatten(r, "sensor.R"), Count, "sensor.R");
    }

    /// <inheritdoc/>
    public override bool IsLinear => true;

    /// <inheritdoc/>
    public override bool HasConstantNoise => true;

    /// <inheritdoc/>
    internal override bool HasConstantLinearization => true;

    /// <inheritdoc/>
    public override void Predict(double time, ReadOnlySpan<double> x, Span<double> z) => Dense.MultiplyVector(_h, x, z);

    /// <inheritdoc/>
    public override void Predict(double time, StateEnsemble members, Span<double> predicted)
    {
        ArgumentNullException.ThrowIfNull(members);
        MemberWork.Multiply(_h, members, predicted, Count);
    }

    /// <inheritdoc/>
    public override void Linearize(double time, ReadOnlySpan<double> x, Span<double> z, Span<double> jacobian)
    {
        Dense.MultiplyVector(_h, x, z);
        _h.CopyTo(jacobian);
    }

    /// <inheritdoc/>
    public override void Noise(double time, ReadOnlySpan<double> x, Span<double> factor) => _noise.CopyTo(factor);
}
