using HybridControl.Estimation;

namespace HybridControl.Neural.Kpin;

/// <summary>What the sensor sees at one step of some trajectories: h(x), H and the noise factor.</summary>
internal sealed class SensorOnTape(MeasurementModel model, IReadOnlyList<KpinTrajectory> samples, int step)
    : ModelOnTape(model.StateCount, model.Count, model.Count * model.Count, model.IsLinear)
{
    protected override void Linearize(int sample, ReadOnlySpan<double> x, Span<double> result)
    {
        (int n, int m) = (model.StateCount, model.Count);
        KpinTrajectory trajectory = samples[sample];
        double time = trajectory.Times[Math.Min(step, trajectory.Count - 1)];
        model.Linearize(time, x, result[..m], result.Slice(m, m * n));
        model.Noise(time, x, result[(m + (m * n))..]);
    }
}
