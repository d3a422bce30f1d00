namespace HybridControl.Simulation;

/// <summary>Many states side by side: n numbers and a mode for each of N members.</summary>
/// <remarks>
/// Laid out by component, then member, so that neighbouring lanes and threads read neighbouring numbers: component i of
/// member j is entry i * <see cref="Stride"/> + j. The stride is N rounded up to whole vectors; what lies behind the last
/// member means nothing. NaN in any component marks a member that was lost. Not thread-safe while it changes.
/// </remarks>
public sealed class StateEnsemble
{
    /// <summary>Strides are multiples of this: two of the widest vectors.</summary>
    internal const int Alignment = 16;

    private readonly int[] _modes;
    private readonly double[] _values;

    /// <summary>Creates members whose states are zero, in mode 0.</summary>
    /// <param name="stateCount">The number n of states of a member, at least one.</param>
    /// <param name="count">The number N of members, at least one.</param>
    public StateEnsemble(int stateCount, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stateCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        StateCount = stateCount;
        Count = count;
        Stride = (count + Alignment - 1) / Alignment * Alignment;
        _values = new double[stateCount * Stride];
        _modes = new int[count];
    }

    /// <summary>The number n of states of a member.</summary>
    public int StateCount { get; }

    /// <summary>The number N of members.</summary>
    public int Count { get; private set; }

    /// <summary>Distance between two components of a member.</summary>
    public int Stride { get; }

    /// <summary>Number of the mode of each member.</summary>
    public Span<int> Modes => _modes;

    /// <summary>All numbers, the padding included: n times the stride.</summary>
    public Span<double> Values => _values;

    /// <summary>A component of all members, N numbers.</summary>
    public Span<double> Component(int state) => _values.AsSpan(state * Stride, Count);

    /// <summary>Leaves the first members only; the room for the others stays.</summary>
    internal void Restrict(int count) => Count = count;

    /// <summary>Copies the state of a member.</summary>
    /// <param name="member">Its number.</param>
    /// <param name="x">Receives n numbers.</param>
    public void Read(int member, Span<double> x)
    {
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = _values[(i * Stride) + member];
        }
    }

    /// <summary>Sets the state of a member.</summary>
    /// <param name="member">Its number.</param>
    /// <param name="x">n numbers.</param>
    public void Write(int member, ReadOnlySpan<double> x)
    {
        for (int i = 0; i < x.Length; i++)
        {
            _values[(i * Stride) + member] = x[i];
        }
    }

    /// <summary>Marks a member as lost: NaN in every component.</summary>
    public void Lose(int member)
    {
        for (int i = 0; i < StateCount; i++)
        {
            _values[(i * Stride) + member] = double.NaN;
        }
    }

    /// <summary>Whether a component of a member is not finite.</summary>
    public bool IsLost(int member)
    {
        double sum = 0.0;
        for (int i = 0; i < StateCount; i++)
        {
            sum += 0.0 * _values[(i * Stride) + member];
        }

        return sum != 0.0;
    }

    /// <summary>The number of lost members.</summary>
    public int CountLost()
    {
        int lost = 0;
        for (int member = 0; member < Count; member++)
        {
            lost += IsLost(member) ? 1 : 0;
        }

        return lost;
    }

    /// <summary>Takes over the states and modes of an ensemble of the same size.</summary>
    public void CopyFrom(StateEnsemble other)
    {
        ArgumentNullException.ThrowIfNull(other);
        other._values.CopyTo(_values, 0);
        other._modes.CopyTo(_modes, 0);
    }

    /// <summary>Takes over chosen members of an ensemble with as many states.</summary>
    /// <param name="other">Where they come from.</param>
    /// <param name="members">Their numbers, in the order in which they are put here from the first member on.</param>
    public void Gather(StateEnsemble other, ReadOnlySpan<int> members)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int i = 0; i < StateCount; i++)
        {
            Span<double> source = other.Component(i);
            Span<double> target = Component(i);
            for (int j = 0; j < members.Length; j++)
            {
                target[j] = source[members[j]];
            }
        }

        for (int j = 0; j < members.Length; j++)
        {
            _modes[j] = other._modes[members[j]];
        }
    }

    /// <summary>Puts the first members of this ensemble at chosen places of another with as many states.</summary>
    /// <param name="other">Where they go.</param>
    /// <param name="members">Their numbers there.</param>
    public void Scatter(StateEnsemble other, ReadOnlySpan<int> members)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int i = 0; i < StateCount; i++)
        {
            Span<double> source = Component(i);
            Span<double> target = other.Component(i);
            for (int j = 0; j < members.Length; j++)
            {
                target[members[j]] = source[j];
            }
        }
    }
}
