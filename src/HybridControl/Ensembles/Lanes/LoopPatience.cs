namespace HybridControl.Ensembles.Lanes;

/// <summary>How many lanes that have left a loop should wait for the others before they are served together.</summary>
/// <remarks>
/// Let a lane stay T passes of cost c in the loop, and let serving a batch of k lanes cost S, however many they are. While they
/// gather, k/2 of the L lanes idle on the average, so an event costs T c / (L - k/2) + S / k, which is least where
/// k = L r / (1 + r/2), r = sqrt(2 S / (T c)). T is counted in samples of the loop's calls.
/// </remarks>
/// <param name="lanes">Lanes of a group.</param>
/// <param name="cost">Cost of a pass, in simple operations.</param>
internal sealed class LoopPatience(int lanes, double cost)
{
    private const double ServiceCost = 1500.0; // expanding a step, landing, a jump, and the calls of those programs
    private const int FirstSamples = 8;
    private const int CallsBetweenSamples = 64;

    private const double PassesAtFirst = 20.0;

    private long _calls;
    private long _passes;
    private long _left;

    /// <summary>Whether a visit costs less than serving what leaves: such a loop is best done with before longer ones.</summary>
    public bool IsShort { get; private set; } = cost * PassesAtFirst < ServiceCost;

    /// <summary>How many lanes may wait.</summary>
    public int Waiting { get; private set; } = lanes / 2;

    /// <summary>Whether the passes of the next call should be counted.</summary>
    public bool Samples() => _calls++ < FirstSamples || _calls % CallsBetweenSamples == 0;

    /// <summary>Notes a counted call.</summary>
    /// <param name="passes">Lanes that looped, summed over the passes.</param>
    /// <param name="left">Lanes that left.</param>
    public void Note(long passes, int left)
    {
        _passes += passes;
        _left += left;
        double visit = cost * _passes / Math.Max(1L, _left);
        double ratio = Math.Sqrt(2.0 * ServiceCost / visit);
        IsShort = visit < ServiceCost;
        Waiting = Math.Clamp((int)Math.Round(lanes * ratio / (1.0 + (0.5 * ratio))), 1, lanes);
    }
}
