using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <summary>Ticks at first + k * period, from an integer k: no drift, whatever the length of a run.</summary>
/// <param name="First">Time of the first tick, in seconds.</param>
/// <param name="Period">Period in seconds, positive.</param>
/// <param name="Ticks">Ticks so far.</param>
internal readonly record struct SampleClock(double First, double Period, long Ticks)
{
    /// <summary>Time of the next tick.</summary>
    public double Next => First + (Ticks * Period);

    /// <summary>The clock after its next tick.</summary>
    public SampleClock Advance() => this with { Ticks = Ticks + 1 };

    /// <summary>Exchanges clocks with an archive.</summary>
    public static void Exchange(StateArchive archive, Span<SampleClock> clocks)
    {
        archive.ExchangeLength(clocks.Length);
        foreach (ref SampleClock clock in clocks)
        {
            clock = new(archive.Exchange(clock.First), archive.Exchange(clock.Period), archive.Exchange(clock.Ticks));
        }
    }
}
