using System.Collections.Immutable;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <summary>A program whose registers do not have their final numbers yet.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Mode">Its mode, or -1.</param>
/// <param name="Outputs">Targets, then stores, then the loop condition.</param>
/// <param name="Targets">Registers that are assigned.</param>
/// <param name="Repeats">Whether it repeats.</param>
/// <param name="Loads">Draws.</param>
/// <param name="Stores">Array entries.</param>
internal sealed record MachineDraft(
    string Name,
    int Mode,
    Expr[] Outputs,
    int[] Targets,
    bool Repeats,
    MachineLoad[] Loads,
    MachineStore[] Stores)
{
    /// <summary>Marks the registers that the program reads.</summary>
    public void MarkReads(RegisterFile registers, bool[] used)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (Expr output in Outputs)
        {
            PostOrder.Visit(output, seen.Contains, node =>
            {
                seen.Add(node);
                if (node is Expr { Operation: Operation.Variable } variable)
                {
                    used[registers.Slots[variable.Kind, variable.Name!]] = true;
                }
            });
        }

        foreach (MachineLoad load in Loads)
        {
            used[load.IndexRegister] = true;
        }
    }

    /// <summary>The program with its final register numbers; what nothing reads is not assigned.</summary>
    /// <param name="slots">Where the registers are.</param>
    /// <param name="number">The final number of each register; -1 if it is dropped.</param>
    public MachineProgram ToProgram(SlotMap slots, int[] number)
    {
        int[] kept = [.. Enumerable.Range(0, Targets.Length).Where(i => number[Targets[i]] >= 0)];
        Expr[] outputs = [.. kept.Select(i => Outputs[i]), .. Outputs[Targets.Length..]];
        int shift = Targets.Length - kept.Length;
        return new(
            Name,
            Mode,
            ExprProgram.Compile(slots, outputs),
            [.. kept.Select(i => number[Targets[i]])],
            Repeats,
            [.. Loads.Select(load => new MachineLoad(number[load.Target], load.Noise, number[load.IndexRegister]))],
            [.. Stores.Select(store => new MachineStore(store.Array, store.IndexOutput - shift, store.ValueOutput - shift))]);
    }
}
