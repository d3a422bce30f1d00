using HybridControl.Numerics;

namespace HybridControl.Dynamics;

/// <summary>Paths of independent Wiener processes on a grid of times, each increment a function of its address.</summary>
/// <remarks>
/// The increment of a process over step k of the grid is sqrt(h) times a standard normal number with the address (seed,
/// trajectory, stream of the process, k). So the path is the same whatever a run does besides: events, monitors and output
/// neither use up numbers nor shift them, and another step size is another grid with another path. Between two times of
/// the grid W is taken as linear. A value; thread-safe.
/// </remarks>
/// <param name="Seed">Seed.</param>
/// <param name="Trajectory">Number of the trajectory, below <see cref="Philox4x32.Limit"/>.</param>
/// <param name="Step">Step h of the grid, in seconds.</param>
public readonly record struct WienerPaths(ulong Seed, long Trajectory, double Step)
{
    /// <summary>The stream of a process that the model declares: this plus its place in the declaration.</summary>
    public const uint DeclaredStream = 5_000_000;

    /// <summary>The stream of the process that belongs to one state: this plus the number of the state.</summary>
    public const uint OwnStream = 5_500_000;

    /// <summary>The increment W(t0 + (k + 1) h) - W(t0 + k h) of a process; mean zero, variance h.</summary>
    /// <param name="stream">Stream of the process.</param>
    /// <param name="step">Number k of the step, not negative.</param>
    public double Increment(uint stream, long step) =>
        Math.Sqrt(Step) * NormalLaw.Quantile(Philox4x32.Uniform(Seed, Trajectory, stream, step));
}
