using System.Collections.Immutable;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <summary>One program of a <see cref="TrajectoryMachine"/>: straight-line expressions over registers, run once or repeated.</summary>
/// <remarks>
/// <para>Order of work: loads; then every output of <see cref="Code"/> from the registers as they stand; then stores; then
/// all targets at once. Registers are the data block of <see cref="Code"/>: OpCode.Data number r reads register r;
/// there are no states, and time is a register like any other.</para>
/// <para>Outputs of <see cref="Code"/>, in order: one for each target; an index and a value for each store; and, if the
/// program repeats, the loop condition. A repeated program runs again while its condition is positive (do ... while, tested
/// after the assignment with the value computed in this pass). A repeated program has neither loads nor stores, so an
/// executor may leave the loop after any pass and enter it again: all its state is in registers.</para>
/// </remarks>
/// <param name="Name">Name for messages and tests.</param>
/// <param name="Mode">Mode of the automaton that it belongs to; -1 for all. Lanes are regrouped by it.</param>
/// <param name="Code">The expressions.</param>
/// <param name="Targets">Registers that are assigned, one for each of the first outputs.</param>
/// <param name="Repeats">Whether the last output is a loop condition.</param>
/// <param name="Loads">Random draws to be fetched first.</param>
/// <param name="Stores">Array entries to be written.</param>
internal sealed record MachineProgram(
    string Name,
    int Mode,
    ExprProgram Code,
    ImmutableArray<int> Targets,
    bool Repeats,
    ImmutableArray<MachineLoad> Loads,
    ImmutableArray<MachineStore> Stores);
