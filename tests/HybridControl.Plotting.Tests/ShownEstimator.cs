using HybridControl.Estimation;

namespace HybridControl.Plotting.Tests;

/// <summary>An estimator of one state that shows what it is told.</summary>
internal sealed class ShownEstimator : IEstimator
{
    public int StateCount => 1;

    public double Time { get; private set; }

    public GaussianBelief Belief { get; } = new(1);

    public Innovation Innovation { get; } = new();

    public double LogLikelihood => 0.0;

    public void Show(double time, double mean, double deviation, double measurement, double innovationDeviation)
    {
        Time = time;
        Belief.MutableMean[0] = mean;
        Belief.MutableFactor[0] = deviation;
        Innovation.Begin([measurement]);
        Innovation.MutableValue[0] = measurement - mean;
        Innovation.MutableFactor[0] = innovationDeviation;
        Innovation.Weigh();
    }

    public EstimationStatus Predict(double time, ReadOnlySpan<double> input = default) => EstimationStatus.Done;

    public EstimationStatus Update(ReadOnlySpan<double> measurement, MeasurementModel? sensor = null) => EstimationStatus.Done;
}
