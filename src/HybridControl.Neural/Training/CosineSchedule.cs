namespace HybridControl.Neural.Training;

/// <summary>A rate that falls from first to last along half a cosine.</summary>
/// <param name="First">Rate of the first iteration.</param>
/// <param name="Last">Rate of the last iteration.</param>
/// <remarks>I. Loshchilov and F. Hutter, arXiv 1608.03983, equation 5, without restarts.</remarks>
public sealed record CosineSchedule(double First, double Last) : IRateSchedule
{
    /// <inheritdoc/>
    public double At(int iteration, int iterations)
    {
        double share = iterations <= 1 ? 0.0 : Math.Clamp((double)iteration / (iterations - 1), 0.0, 1.0);
        return Last + (0.5 * (First - Last) * (1.0 + Math.Cos(Math.PI * share)));
    }
}
