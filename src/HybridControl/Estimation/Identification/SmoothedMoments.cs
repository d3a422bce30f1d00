using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Estimation;

/// <summary>Means, covariances and lag-one covariances of all states given all measurements: the expectation step.</summary>
/// <remarks>
/// Kalman filter in factor form forward, Rauch-Tung-Striebel backward with J = P F' (P-)^+ and
/// P_s = (I - J F) P (I - J F)' + J Q J' + J P_s+ J', a sum of squares; cov(x+, x) = P_s+ J'.
/// R. H. Shumway and D. S. Stoffer, J. Time Series Analysis 3 (1982), 253-264.
/// </remarks>
internal sealed class SmoothedMoments
{
    private SmoothedMoments(Vector<double>[] means, Matrix<double>[] covariances, Matrix<double>[] lagged, double logLikelihood) =>
        (Means, Covariances, Lagged, LogLikelihood) = (means, covariances, lagged, logLikelihood);

    /// <summary>E[x_k], one for each measurement.</summary>
    public Vector<double>[] Means { get; }

    /// <summary>Cov(x_k).</summary>
    public Matrix<double>[] Covariances { get; }

    /// <summary>Cov(x_(k+1), x_k) for all but the last.</summary>
    public Matrix<double>[] Lagged { get; }

    /// <summary>The log-likelihood of the series.</summary>
    public double LogLikelihood { get; }

    /// <summary>Runs both passes.</summary>
    /// <returns>Null if an update failed, or while directions of the state are unknown after the first measurement.</returns>
    public static SmoothedMoments? Of(EmModel model, GaussianBelief initial, double startTime, MeasurementSeries series)
    {
        int count = series.Measurements.Length;
        var filter = new KalmanFilter(model.Transition(), model.Sensor(), initial, startTime);
        var filtered = new (Vector<double> Mean, Matrix<double> Covariance)[count];
        var predicted = new (Vector<double> Mean, Matrix<double> Covariance)[count];
        for (int k = 0; k < count; k++)
        {
            TimedMeasurement item = series.Measurements[k];
            bool isGood = filter.Predict(item.Time, item.Input) == EstimationStatus.Done;
            predicted[k] = Moments(filter.Belief);
            isGood &= filter.Update(item.Values) is EstimationStatus.Done or EstimationStatus.Missing;
            filtered[k] = Moments(filter.Belief);
            if (!isGood || filter.Belief.DiffuseRank > 0)
            {
                return null;
            }
        }

        var means = new Vector<double>[count];
        var covariances = new Matrix<double>[count];
        var lagged = new Matrix<double>[count - 1];
        (means[^1], covariances[^1]) = filtered[^1];
        Matrix<double> identity = Matrix<double>.Build.DenseIdentity(model.F.RowCount);
        for (int k = count - 2; k >= 0; k--)
        {
            (Vector<double> mean, Matrix<double> p) = filtered[k];
            Matrix<double> j = Gain(model.F * p, predicted[k + 1].Covariance);
            Matrix<double> rest = identity - (j * model.F);
            means[k] = mean + (j * (means[k + 1] - predicted[k + 1].Mean));
            covariances[k] = (rest * p).TransposeAndMultiply(rest) +
                (j * (model.Q + covariances[k + 1])).TransposeAndMultiply(j);
            lagged[k] = covariances[k + 1].TransposeAndMultiply(j);
        }

        return new SmoothedMoments(means, covariances, lagged, filter.LogLikelihood);
    }

    // J' = (P-)^+ F P; a zero pivot of P- is a direction that the prediction knows exactly.
    private static Matrix<double> Gain(Matrix<double> crossed, Matrix<double> predicted)
    {
        int n = predicted.RowCount;
        double[] factor = new double[n * n];
        Numerics.Cholesky.Factor(predicted.ToRowMajorArray(), factor, n, 1e-12);
        double[] rows = crossed.Transpose().ToRowMajorArray(); // row i: right-hand side for row i of J
        Numerics.LowerTriangular.SolveRows(factor, rows, n);
        for (int i = 0; i < n; i++)
        {
            Numerics.LowerTriangular.SolveTransposed(factor, rows.AsSpan(i * n, n));
        }

        return Matrix<double>.Build.DenseOfRowMajor(n, n, rows);
    }

    private static (Vector<double> Mean, Matrix<double> Covariance) Moments(GaussianBelief belief) => (
        Vector<double>.Build.DenseOfArray(belief.Mean.ToArray()),
        Matrix<double>.Build.DenseOfRowMajor(belief.Dimension, belief.Dimension, belief.Covariance()));
}
