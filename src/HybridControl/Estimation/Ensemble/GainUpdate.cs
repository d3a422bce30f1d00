using HybridControl.Numerics;
using HybridControl.Simulation;

namespace HybridControl.Estimation;

/// <summary>Corrects members by a gain in the space of the measurement, tapered if localised. Work space of one filter.</summary>
/// <remarks>
/// Member j is corrected by A Y' S^-1 D_j with S = Y Y' + (N - 1) R. Stochastic: D_j = z + e_j - h(x_j), where the noises e have
/// mean zero; deterministic: D_j = d - Y_j / 2, so that the mean is corrected by the gain and anomalies by half of it.
/// </remarks>
internal sealed class GainUpdate
{
    private double[] _innovations = [];
    private double[] _cross = [];
    private double[] _covariance = [];
    private double[] _factor = [];
    private double[] _noise = [];
    private double[] _correction = [];

    /// <summary>Adds corrections.</summary>
    /// <param name="ensemble">The members.</param>
    /// <param name="sensed">Residuals and noise.</param>
    /// <param name="innovation">The mean innovation and which components are in use.</param>
    /// <param name="localization">Tapers, or null.</param>
    /// <param name="noise">Addresses of perturbations; null for the deterministic update.</param>
    public EstimationStatus Apply(
        EnsembleAnomalies ensemble, MemberSensor sensed, Innovation innovation, EnsembleLocalization? localization, EnsembleNoise? noise)
    {
        (int n, int k, int count) = (ensemble.StateCount, ensemble.SensorCount, ensemble.Count);
        Reserve(n, k, count);
        Span<double> d = _innovations.AsSpan(0, k * count);
        for (int i = 0; i < k; i++)
        {
            Span<double> row = d.Slice(i * count, count);
            if (noise is null)
            {
                row.Fill(innovation.Value[i]);
                Dense.Axpy(-0.5, ensemble.Sensed.Slice(i * count, count), row);
            }
            else
            {
                sensed.Residual(i).CopyTo(row);
            }
        }

        if (noise is { } addresses)
        {
            Perturb(d, sensed.NoiseFactor, k, count, addresses);
        }

        Covariance(ensemble, sensed.NoiseFactor, innovation.Components, localization);
        if (Cholesky.Factor(_covariance.AsSpan(0, k * k), _factor, k, 1e-12) >= 0)
        {
            return EstimationStatus.Indefinite;
        }

        Solve(d, k, count);
        Span<double> cross = _cross.AsSpan(0, n * k);
        Dense.MultiplyTransposed(ensemble.States, ensemble.Sensed, cross, n, count, k);
        for (int i = 0; i < n && localization is not null; i++)
        {
            for (int j = 0; j < k; j++)
            {
                cross[(i * k) + j] *= localization.StateToSensor(i, innovation.Components[j]);
            }
        }

        Span<double> correction = _correction.AsSpan(0, n * count);
        Dense.Multiply(cross, d, correction, n, k, count);
        Dense.Axpy(1.0, correction, ensemble.Corrected);
        return EstimationStatus.Done;
    }

    // Noises of mean zero whose expected covariance is R in spite of that.
    private void Perturb(Span<double> d, ReadOnlySpan<double> factor, int k, int count, EnsembleNoise noise)
    {
        double scale = Math.Sqrt(count / (count - 1.0));
        Span<double> normals = _noise.AsSpan(0, count);
        for (int source = 0; source < k; source++)
        {
            noise.Fill(0, source, 0, normals);
            double mean = 0.0;
            foreach (double value in normals)
            {
                mean += value / count;
            }

            foreach (ref double value in normals)
            {
                value = scale * (value - mean);
            }

            for (int i = source; i < k; i++)
            {
                double weight = factor[(i * k) + source];
                if (weight != 0.0)
                {
                    Dense.Axpy(weight, normals, d.Slice(i * count, count));
                }
            }
        }
    }

    private void Covariance(EnsembleAnomalies ensemble, ReadOnlySpan<double> factor, ReadOnlySpan<int> components, EnsembleLocalization? localization)
    {
        (int k, int count) = (ensemble.SensorCount, ensemble.Count);
        ReadOnlySpan<double> y = ensemble.Sensed;
        for (int i = 0; i < k; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double taper = localization?.SensorToSensor(components[i], components[j]) ?? 1.0;
                double value = (taper * Dense.Dot(y.Slice(i * count, count), y.Slice(j * count, count))) +
                    ((count - 1.0) * Dense.Dot(factor.Slice(i * k, j + 1), factor.Slice(j * k, j + 1)));
                _covariance[(i * k) + j] = value;
                _covariance[(j * k) + i] = value;
            }
        }
    }

    // L L' x = d for all members at once: a row of d is a component of all of them. Zero pivots carry no information.
    private void Solve(Span<double> d, int k, int count)
    {
        for (int i = 0; i < k; i++)
        {
            Span<double> row = d.Slice(i * count, count);
            for (int j = 0; j < i; j++)
            {
                double weight = _factor[(i * k) + j];
                if (weight != 0.0)
                {
                    Dense.Axpy(-weight, d.Slice(j * count, count), row);
                }
            }

            Scale(row, _factor[(i * k) + i]);
        }

        for (int i = k - 1; i >= 0; i--)
        {
            Span<double> row = d.Slice(i * count, count);
            Scale(row, _factor[(i * k) + i]);
            for (int j = 0; j < i; j++)
            {
                double weight = _factor[(i * k) + j];
                if (weight != 0.0)
                {
                    Dense.Axpy(-weight, row, d.Slice(j * count, count));
                }
            }
        }
    }

    private static void Scale(Span<double> row, double pivot)
    {
        double inverse = pivot == 0.0 ? 0.0 : 1.0 / pivot;
        foreach (ref double value in row)
        {
            value *= inverse;
        }
    }

    private void Reserve(int n, int k, int count)
    {
        if (_innovations.Length < k * count)
        {
            _innovations = new double[k * count];
            _cross = new double[n * k];
            _covariance = new double[k * k];
            _factor = new double[k * k];
        }

        if (_noise.Length < count)
        {
            _noise = new double[count];
            _correction = new double[n * count];
        }
    }
}
