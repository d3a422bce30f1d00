namespace HybridControl.Serialization;

/// <summary>The first place where a run leaves the band around a golden run.</summary>
/// <param name="Time">Time in seconds.</param>
/// <param name="JumpIndex">Jump index j of the golden run.</param>
/// <param name="Mode">Its mode.</param>
/// <param name="Signal">The variable that differs; empty where it is the jumps that do.</param>
/// <param name="What">What differs, in words with the values.</param>
public sealed record GoldenDifference(double Time, int JumpIndex, string Mode, string Signal, string What)
{
    /// <summary>The difference in words.</summary>
    public override string ToString() => FormattableString.Invariant($"{What} at t = {Time:G9} s (jump {JumpIndex}, mode '{Mode}')");
}
