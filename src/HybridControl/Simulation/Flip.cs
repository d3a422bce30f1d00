using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <summary>What is remembered of a choice that switches forth and back: when last, in which segment, how often.</summary>
/// <param name="Time">Time of the last switch.</param>
/// <param name="JumpIndex">Jump index there.</param>
/// <param name="Direction">The side that it went to.</param>
/// <param name="Count">Switches that came straight after the one before, in the other direction.</param>
internal readonly record struct Flip(double Time, int JumpIndex, EventDirections Direction, int Count)
{
    /// <summary>Exchanges what is remembered with an archive.</summary>
    public static void Exchange(StateArchive archive, Span<Flip> flips)
    {
        archive.ExchangeLength(flips.Length);
        foreach (ref Flip flip in flips)
        {
            EventDirections direction = flip.Direction;
            archive.Exchange(ref direction);
            flip = new(archive.Exchange(flip.Time), archive.Exchange(flip.JumpIndex), direction, archive.Exchange(flip.Count));
        }
    }
}
