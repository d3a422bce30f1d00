namespace HybridControl.Simulation;

/// <summary>The guards that are followed together: those of one mode. Immutable; shared by all trajectories.</summary>
internal sealed class GuardSet
{
    private readonly GuardFunction[] _guards;

    /// <summary>Creates a set.</summary>
    /// <param name="stateCount">The number of states of the flow.</param>
    /// <param name="guards">The guards, in the order in which simultaneous events are reported.</param>
    public GuardSet(int stateCount, IReadOnlyList<GuardFunction> guards)
    {
        _guards = [.. guards];
        IEnumerable<int> all = Enumerable.Range(0, stateCount);
        States = [.. guards.SelectMany(guard => guard.States ?? all).Distinct().Order()];
        Shapes = [.. guards.Select(guard => guard.Parts.Shape)];
    }

    /// <summary>The number of guards.</summary>
    public int Count => _guards.Length;

    /// <summary>The guards.</summary>
    public ReadOnlySpan<GuardFunction> Guards => _guards;

    /// <summary>The states that occur in any guard.</summary>
    public int[] States { get; }

    /// <summary>The shape of each guard.</summary>
    public GuardShape[] Shapes { get; }

    /// <summary>One guard.</summary>
    public GuardFunction this[int index] => _guards[index];
}
