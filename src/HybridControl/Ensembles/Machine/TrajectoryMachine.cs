using System.Collections.Immutable;

namespace HybridControl.Ensembles.Machine;

/// <summary>One trajectory as a register machine: the algorithm of a run as data, the same for every back-end.</summary>
/// <remarks>
/// <para>A trajectory is a row of registers, all doubles. Register <see cref="ProgramCounter"/> holds the number of the
/// program that runs next, or -1 when the trajectory has ended. Running a program reads registers, computes expressions
/// and assigns registers, its own successor among them. Steps, event location, jumps, timers, samples and records are all
/// programs, so an interpreter, vector lanes and a GPU thread differ only in how they execute expressions; none of
/// them knows what an automaton is.</para>
/// <para>A trajectory reads and writes nothing but its own registers and arrays: its result depends neither on its
/// neighbours nor on the order in which programs of different trajectories run. Immutable and thread-safe.</para>
/// </remarks>
/// <param name="Registers">Names of the registers, for messages and tests.</param>
/// <param name="Initial">What each register holds before the first program runs.</param>
/// <param name="Varied">For each variation of the plan, in order, the register that its sample is written to before the start.</param>
/// <param name="Programs">The programs; number 0 runs first.</param>
/// <param name="Arrays">Per-trajectory arrays that programs store into, such as grid samples and event slots.</param>
/// <param name="Results">For each scalar column of the layout, the register that holds it when the trajectory has ended.</param>
internal sealed record TrajectoryMachine(
    ImmutableArray<string> Registers,
    ImmutableArray<double> Initial,
    ImmutableArray<int> Varied,
    ImmutableArray<MachineProgram> Programs,
    ImmutableArray<MachineArray> Arrays,
    ImmutableArray<int> Results)
{
    /// <summary>The register that holds the number of the next program; -1 means that the trajectory has ended.</summary>
    public const int ProgramCounter = 0;

    /// <summary>The number of registers.</summary>
    public int RegisterCount => Registers.Length;
}
