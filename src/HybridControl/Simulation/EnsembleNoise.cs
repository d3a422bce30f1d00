using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <summary>Where the random numbers of one step of an ensemble come from: each is a function of its address.</summary>
/// <remarks>
/// An address is (seed, member, stream, draw), so that neither threads nor back-ends nor the order of members change a
/// number. A value; thread-safe.
/// </remarks>
/// <param name="Seed">Seed.</param>
/// <param name="Step">Number of the step, from zero, below 2^32.</param>
/// <param name="Stream">First of the streams that may be used; see <see cref="StreamSpan"/>.</param>
public readonly record struct EnsembleNoise(ulong Seed, long Step, uint Stream = 0)
{
    /// <summary>How many streams belong to one user: one for each source of noise.</summary>
    public const uint StreamSpan = 1 << 16;

    /// <summary>A step may be divided into so many smaller ones with noise of their own.</summary>
    public const int MostSubsteps = 1 << 16;

    /// <summary>The same step for another user.</summary>
    /// <param name="user">Its number, below 2^15.</param>
    public EnsembleNoise For(int user) => this with { Stream = Stream + ((uint)user * StreamSpan) };

    /// <summary>A uniform number between 0 and 1, never either of them.</summary>
    /// <param name="member">Number of the member.</param>
    /// <param name="source">Number of the source of noise, below <see cref="StreamSpan"/>.</param>
    /// <param name="substep">Number of the smaller step, below <see cref="MostSubsteps"/>.</param>
    public double Uniform(int member, int source = 0, int substep = 0) =>
        Philox4x32.Uniform(Seed, member, Stream + (uint)source, (Step * MostSubsteps) + substep);

    /// <summary>A standard normal number.</summary>
    /// <param name="member">Number of the member.</param>
    /// <param name="source">Number of the source of noise, below <see cref="StreamSpan"/>.</param>
    /// <param name="substep">Number of the smaller step, below <see cref="MostSubsteps"/>.</param>
    public double Normal(int member, int source = 0, int substep = 0) => NormalLaw.Quantile(Uniform(member, source, substep));

    /// <summary>Standard normal numbers of neighbouring members.</summary>
    /// <param name="first">Number of the first member.</param>
    /// <param name="source">Number of the source of noise, below <see cref="StreamSpan"/>.</param>
    /// <param name="substep">Number of the smaller step, below <see cref="MostSubsteps"/>.</param>
    /// <param name="values">Receives a number for each member.</param>
    public void Fill(int first, int source, int substep, Span<double> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Normal(first + i, source, substep);
        }
    }
}
