namespace HybridControl.Neural.Training;

/// <summary>A rate that first grows along a line, while the running means of the optimizer fill, and then follows another schedule.</summary>
/// <param name="Iterations">Iterations of the rise; the rate of iteration i is (i + 1) / (Iterations + 1) of the first one of <paramref name="Then"/>.</param>
/// <param name="Then">What follows, over the iterations that are left.</param>
/// <remarks>P. Goyal et al., arXiv 1706.02677, section 2.2.</remarks>
public sealed record WarmupSchedule(int Iterations, IRateSchedule Then) : IRateSchedule
{
    /// <inheritdoc/>
    public double At(int iteration, int iterations)
    {
        int rest = Math.Max(iterations - Iterations, 1);
        return iteration < Iterations
            ? Then.At(0, rest) * (iteration + 1) / (Iterations + 1)
            : Then.At(iteration - Iterations, rest);
    }
}
