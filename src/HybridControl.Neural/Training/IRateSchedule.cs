namespace HybridControl.Neural.Training;

/// <summary>How the length of steps changes over a training: a function of the iteration alone.</summary>
public interface IRateSchedule
{
    /// <summary>The rate of an iteration, counted from zero.</summary>
    /// <param name="iteration">The iteration.</param>
    /// <param name="iterations">How many there are.</param>
    double At(int iteration, int iterations);
}
