namespace HybridControl.Neural.Sequences;

/// <summary>All that the layers of a stack remember. Layers enter their slots when they are built.</summary>
public sealed class StateLayout
{
    private readonly List<StateSlot> _slots = [];

    /// <summary>The slots, in the order of their numbers.</summary>
    public IReadOnlyList<StateSlot> Slots => _slots;

    /// <summary>Enters memory of fixed size.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="columns">Numbers for each stream.</param>
    /// <param name="stateMajor">As <see cref="StateSlot.StateMajor"/>.</param>
    /// <returns>Its number.</returns>
    public int AddBuffer(string name, int columns, int stateMajor = 0) => Add(new(name, columns, StateMajor: stateMajor));

    /// <summary>Enters a cache of keys and values.</summary>
    /// <returns>Its number.</returns>
    public int AddCache(string name, int keyColumns, int valueColumns, int window = 0, int sinks = 0, int spacing = 1) =>
        Add(new(name, keyColumns, valueColumns, window, sinks, spacing));

    private int Add(StateSlot slot)
    {
        if (_slots.Any(other => other.Name == slot.Name))
        {
            throw new ArgumentException($"Two parts of the state are called '{slot.Name}'.", nameof(slot));
        }

        _slots.Add(slot);
        return _slots.Count - 1;
    }
}
