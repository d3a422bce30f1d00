using HybridControl.Estimation;

namespace HybridControl.Neural.Kpin;

/// <summary>One step of some trajectories: f(x), F and the noise factor.</summary>
internal sealed class TransitionOnTape(TransitionModel model, IReadOnlyList<KpinTrajectory> samples, int step)
    : ModelOnTape(model.StateCount, model.StateCount, model.StateCount * model.NoiseCount, model.IsLinear)
{
    protected override void Linearize(int sample, ReadOnlySpan<double> x, Span<double> result)
    {
        int n = model.StateCount;
        int k = model.InputCount;
        KpinTrajectory trajectory = samples[sample];
        Span<double> next = result[..n];
        Span<double> jacobian = result.Slice(n, n * n);
        Span<double> noise = result[(n + (n * n))..];
        if (step >= trajectory.Count)
        {
            // What has ended rests.
            x.CopyTo(next);
            jacobian.Clear();
            noise.Clear();
            for (int i = 0; i < n; i++)
            {
                jacobian[i * (n + 1)] = 1.0;
            }
        }
        else if (!model.Linearize(
            trajectory.Before(step), trajectory.Times[step], x, trajectory.Inputs.AsSpan().Slice(step * k, k), next, jacobian, noise))
        {
            result.Fill(double.NaN);
        }
    }
}
