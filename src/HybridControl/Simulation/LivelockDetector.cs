namespace HybridControl.Simulation;

/// <summary>Remembers the states of one instant and tells when one recurs.</summary>
internal sealed class LivelockDetector
{
    private readonly List<double[]> _seen = [];

    /// <summary>The number of jumps between the two visits of the recurring state.</summary>
    public int CycleLength { get; private set; }

    /// <summary>Begins a new instant.</summary>
    public void Clear() => _seen.Clear();

    /// <summary>Notes a state and tells whether it was there before at this instant.</summary>
    public bool Recurs(int mode, ReadOnlySpan<double> states, ReadOnlySpan<double> data, List<Due> due)
    {
        double[] snapshot =
            [mode, .. states, .. data, .. due.Select(d => ((double)d.Kind * 1e6) + d.Index).Order()];
        for (int i = _seen.Count - 1; i >= 0; i--)
        {
            if (_seen[i].AsSpan().SequenceEqual(snapshot))
            {
                CycleLength = _seen.Count - i;
                return true;
            }
        }

        _seen.Add(snapshot);
        return false;
    }
}
