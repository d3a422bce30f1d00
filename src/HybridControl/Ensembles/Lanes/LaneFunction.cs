namespace HybridControl.Ensembles.Lanes;

/// <summary>A machine program as code for a group of lanes.</summary>
/// <remarks>
/// A group has L lanes: 1, 8 or 16 for the three widths. Registers lie by register, then lane: register r of lane l is
/// entry r * L + l; 64-byte aligned. Behind the last register come the outputs that belong to stores, in order: output
/// (targets + k) of the program's code goes to entry (RegisterCount + k) * L + l. Loads and stores themselves are done
/// by the caller, before and after.
/// </remarks>
/// <param name="registers">First entry of the register block.</param>
/// <param name="mask">First of L entries: all bits set for a lane that takes part, zero for one that must not change. A
/// repeated program clears the entry of a lane whose loop has ended.</param>
/// <param name="leaveAt">A repeated program returns once this many lanes or fewer are still looping.</param>
/// <returns>The number of lanes still looping; zero for a program that does not repeat.</returns>
internal unsafe delegate int LaneFunction(double* registers, long* mask, int leaveAt);
