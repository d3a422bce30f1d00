using HybridControl.Diagnostics;

namespace HybridControl.Simulation;

/// <summary>Moves many states from one time to another: what particle and ensemble filters predict with, whatever computes it.</summary>
/// <remarks>
/// Implemented by transition models (member by member, or on vector lanes) and by the ensemble back-ends (lanes, GPU,
/// simulator), which move hybrid automata with guards and jumps of each member. Not thread-safe.
/// </remarks>
public interface IEnsemblePropagator
{
    /// <summary>Names of the n states of a member.</summary>
    IReadOnlyList<string> StateNames { get; }

    /// <summary>Names of the modes that a member can be in; at least one.</summary>
    IReadOnlyList<string> ModeNames { get; }

    /// <summary>The number of inputs.</summary>
    int InputCount { get; }

    /// <summary>Moves all members, with noise of their own.</summary>
    /// <param name="members">States and modes at <paramref name="from"/>, replaced by those at <paramref name="to"/>.</param>
    /// <param name="from">Start, in seconds.</param>
    /// <param name="to">End, in seconds, after the start.</param>
    /// <param name="input">The inputs, constant in between.</param>
    /// <param name="noise">Addresses of the random numbers of this step.</param>
    /// <returns>The number of members that have no result; their states are NaN.</returns>
    /// <exception cref="ModelException">The members or inputs do not fit the model.</exception>
    int Propagate(StateEnsemble members, double from, double to, ReadOnlySpan<double> input, EnsembleNoise noise);
}
