namespace HybridControl.Neural.Training;

/// <summary>The same rate for every iteration.</summary>
/// <param name="Rate">The rate.</param>
public sealed record ConstantRate(double Rate) : IRateSchedule
{
    /// <inheritdoc/>
    public double At(int iteration, int iterations) => Rate;
}
