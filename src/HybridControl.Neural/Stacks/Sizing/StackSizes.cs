using HybridControl.Diagnostics;
using HybridControl.Neural.Sequences;

namespace HybridControl.Neural.Stacks.Sizing;

/// <summary>How much a stack takes, from its description alone: exact counts, no parameters needed.</summary>
/// <param name="Parameters">Numbers that are learned.</param>
/// <param name="StateNumbers">Numbers of a stream's memory of fixed size.</param>
/// <param name="KeyNumbers">Numbers that each token adds to a stream's caches, without those of a bounded window.</param>
/// <param name="WindowNumbers">Numbers that the caches of bounded windows take at most, for each stream.</param>
public sealed record StackSizes(long Parameters, long StateNumbers, double KeyNumbers, long WindowNumbers)
{
    /// <summary>Counts.</summary>
    /// <exception cref="ModelException">The description is not sound.</exception>
    public static StackSizes Of(StackDescription description)
    {
        using LayerStack stack = Skeleton(description);
        long fixedNumbers = 0;
        long window = 0;
        double keys = 0.0;
        foreach (StateSlot slot in stack.StateLayout.Slots)
        {
            int columns = slot.Columns + slot.ValueColumns;
            if (!slot.IsCache)
            {
                fixedNumbers += columns;
            }
            else if (slot.Window > 0)
            {
                window += (long)(slot.Sinks + slot.Window + 1) * columns;
            }
            else
            {
                keys += (double)columns / slot.Spacing;
            }
        }

        return new(stack.ParameterCount, fixedNumbers, keys, window);
    }

    /// <summary>The stack without its parameters: knows its layers and its state, and cannot run.</summary>
    /// <exception cref="ModelException">The description is not sound.</exception>
    public static LayerStack Skeleton(StackDescription description) =>
        StackBuilder.Build(description, new RandomParameters(0), new WeightlessBackend());

    /// <summary>Bytes of one stream after so many tokens.</summary>
    /// <param name="tokens">Tokens that it has seen.</param>
    /// <param name="stateBytes">Bytes of a number of fixed memory.</param>
    /// <param name="keyBytes">Bytes of a number of a cache.</param>
    public double BytesAt(long tokens, int stateBytes, int keyBytes) =>
        ((double)StateNumbers * stateBytes) + (((tokens * KeyNumbers) + WindowNumbers) * keyBytes);

    /// <summary>Most tokens of one stream for which parameters and memory together fit; <see cref="long.MaxValue"/> if it never ends.</summary>
    /// <param name="bytes">Memory in all.</param>
    /// <param name="parameterBytes">Bytes of a parameter.</param>
    /// <param name="stateBytes">Bytes of a number of fixed memory.</param>
    /// <param name="keyBytes">Bytes of a number of a cache.</param>
    public long LongestContext(double bytes, double parameterBytes, int stateBytes, int keyBytes)
    {
        double left = bytes - (Parameters * parameterBytes) - BytesAt(0, stateBytes, keyBytes);
        return left < 0.0 ? 0 : KeyNumbers == 0.0 ? long.MaxValue : (long)(left / (KeyNumbers * keyBytes));
    }
}
