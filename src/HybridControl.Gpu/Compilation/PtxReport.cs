using System.Collections.Immutable;

namespace HybridControl.Gpu.Compilation;

/// <summary>What the compilation of one kernel to PTX shows without a device.</summary>
/// <param name="Text">The PTX.</param>
/// <param name="Functions">The functions that it defines, the kernel among them.</param>
/// <param name="Unresolved">Functions that are declared or called but defined nowhere; a driver would refuse them.</param>
/// <param name="Recursive">Functions that can call themselves, directly or through others.</param>
/// <param name="LocalBytes">Bytes of local memory of the largest function: data that did not fit into registers by construction.</param>
/// <param name="Registers">Virtual registers declared, by class: "%fd" for 64-bit numbers, "%r" for 32-bit integers, and so on.</param>
/// <param name="Instructions">How often each instruction stands in the text, by its name with types.</param>
public sealed record PtxReport(
    string Text,
    ImmutableArray<string> Functions,
    ImmutableArray<string> Unresolved,
    ImmutableArray<string> Recursive,
    int LocalBytes,
    ImmutableSortedDictionary<string, int> Registers,
    ImmutableSortedDictionary<string, int> Instructions)
{
    /// <summary>How many instructions begin with a name, such as "fma" or "ld.local".</summary>
    public int Count(string prefix) =>
        Instructions.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).Sum(entry => entry.Value);
}
