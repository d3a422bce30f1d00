using HybridControl.Numerics;

namespace HybridControl.Neural.Identification;

/// <summary>How unlikely errors are if they are white and normal with the covariance that suits them best.</summary>
/// <remarks>
/// The negative log-likelihood of a row with its covariance S = mean of e e' put in: half of log det S + m (1 + log 2 pi). Its derivative by an
/// error is S^-1 e over the number of rows. L. Ljung, System Identification (1999), section 7.4.
/// </remarks>
internal sealed class ErrorLikelihood
{
    private const double Floor = 1e-14;
    private const double LogTwoPi = 1.8378770664093454836;

    private readonly int _m;
    private readonly double[] _weight;

    private ErrorLikelihood(double loss, double[] covariance, double[] weight, int m) => (Loss, Covariance, _weight, _m) = (loss, covariance, weight, m);

    /// <summary>Negative log-likelihood of a row, in nats.</summary>
    public double Loss { get; }

    /// <summary>S, m by m.</summary>
    public double[] Covariance { get; }

    /// <summary>Of the rows that were learned from, or of those held out; null if there are too few.</summary>
    public static ErrorLikelihood? Of(IReadOnlyList<ModalPass> passes, IReadOnlyList<ModalRun> runs, int m, bool heldOut)
    {
        var covariance = new double[m * m];
        var counts = new double[m];
        for (int r = 0; r < runs.Count; r++)
        {
            (int from, int to) = heldOut ? (runs[r].TrainRows, runs[r].Rows) : (0, runs[r].TrainRows);
            for (int k = from; k < to; k++)
            {
                ReadOnlySpan<double> error = passes[r].Error(k);
                for (int i = 0; i < m; i++)
                {
                    counts[i] += double.IsNaN(runs[r].Outputs[(k * m) + i]) ? 0.0 : 1.0;
                    Dense.Axpy(error[i], error, covariance.AsSpan(i * m, m));
                }
            }
        }

        if (counts.Min() < 2 * m)
        {
            return null;
        }

        var inverse = new double[m * m];
        for (int i = 0; i < m; i++)
        {
            inverse[i * (m + 1)] = 1.0;
            for (int j = 0; j < m; j++)
            {
                covariance[(i * m) + j] = (covariance[(i * m) + j] / Math.Sqrt(counts[i] * counts[j])) + (i == j ? Floor : 0.0);
            }
        }

        bool isRegular = GaussianElimination.Solve((double[])covariance.Clone(), inverse, m, m, out double logDeterminant);
        for (int i = 0; i < inverse.Length; i++)
        {
            inverse[i] /= Math.Sqrt(counts[i / m] * counts[i % m]);
        }

        double loss = isRegular ? 0.5 * (logDeterminant + (m * (1.0 + LogTwoPi))) : double.NaN;
        return new(loss, covariance, inverse, m);
    }

    /// <summary>Derivative of the loss by each error of the rows that were learned from; zero where nothing was measured.</summary>
    /// <param name="pass">The errors.</param>
    /// <param name="run">What was measured.</param>
    /// <param name="factor">Multiplies the loss.</param>
    public double[] Adjoint(ModalPass pass, ModalRun run, double factor)
    {
        var adjoint = new double[run.TrainRows * _m];
        for (int k = 0; k < run.TrainRows; k++)
        {
            Dense.MultiplyVector(_weight, pass.Error(k), adjoint.AsSpan(k * _m, _m));
        }

        for (int i = 0; i < adjoint.Length; i++)
        {
            adjoint[i] = double.IsNaN(run.Outputs[i]) ? 0.0 : factor * adjoint[i];
        }

        return adjoint;
    }
}
