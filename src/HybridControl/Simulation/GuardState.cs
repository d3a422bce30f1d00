using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <summary>What is remembered of a guard between samples: a comparator with hysteresis, kept across steps.</summary>
/// <remarks>
/// A sample flips the side when it is past the threshold by more than the band 4 E, where E is the rounding error of the
/// guard there, and settles on the old side when it is behind by as much. Between the two nothing is decided, so that
/// the outcome depends neither on where steps end nor on which samples were taken. Thresholds are zero, except after a
/// jump onto the surface: then they are the band that location and rounding left behind.
/// </remarks>
internal struct GuardState
{
    /// <summary>What g must exceed to become enabled, or to count as having left the surface upwards.</summary>
    public double RiseThreshold { get; set; }

    /// <summary>How far g must fall below zero to become disabled, or to count as having left downwards.</summary>
    public double FallThreshold { get; set; }

    /// <summary>-1 disabled, +1 enabled.</summary>
    public int Side { get; set; }

    /// <summary>Whether the band was entered from the old side: leaving it backwards is a touch.</summary>
    public bool Pending { get; set; }

    /// <summary>Whether the guard has not left its surface since the last event or jump: leaving it backwards is no touch.</summary>
    public bool Latched { get; set; }

    /// <summary>What |s| must exceed to flip, s being g signed so that the other side is positive.</summary>
    public readonly double FlipThreshold => Side < 0 ? RiseThreshold : FallThreshold;

    /// <summary>How far s must fall below zero to settle on the old side.</summary>
    public readonly double SettleThreshold => Side < 0 ? FallThreshold : RiseThreshold;

    /// <summary>The state at the start of a run: the sign decides, closed.</summary>
    public static GuardState Start(double g, double error) => new()
    {
        Side = g >= 0.0 ? 1 : -1,
        Latched = Math.Abs(g) <= 4.0 * error,
    };

    /// <summary>The state of a guard right after a jump.</summary>
    /// <param name="gPlus">g after the jump.</param>
    /// <param name="band">|dg/dt(t-)| tau + 4 E: what location and rounding leave behind.</param>
    /// <param name="arrived">Whether g was inside the band before the jump: the flow, not the reset, brought it to its surface.</param>
    /// <param name="served">Whether this guard's own transition has just executed and dg/dt(t+) is above its rounding error.</param>
    /// <param name="state">The state for the search of the next step.</param>
    public static GuardClass Classify(double gPlus, double band, bool arrived, bool served, out GuardState state)
    {
        if (gPlus < -band)
        {
            state = new() { Side = -1 };
            return GuardClass.Armed;
        }

        if (gPlus > band)
        {
            state = new() { Side = 1 };
            return GuardClass.Enabled;
        }

        if (served)
        {
            state = new() { Side = 1, Latched = true, RiseThreshold = band, FallThreshold = band };
            return GuardClass.Served;
        }

        if (arrived)
        {
            state = new()
            {
                Side = -1,
                Latched = true,
                RiseThreshold = Math.Max(gPlus, 0.0) + band,
                FallThreshold = band,
            };
            return GuardClass.Latched;
        }

        bool enabled = gPlus >= 0.0;
        state = new() { Side = enabled ? 1 : -1, Latched = true };
        return enabled ? GuardClass.Enabled : GuardClass.Armed;
    }

    /// <summary>Takes one sample.</summary>
    /// <param name="g">The guard there.</param>
    /// <param name="error">E, its rounding error there.</param>
    /// <param name="proof">What is proved about the piece that ends there.</param>
    public GuardFeed Feed(double g, double error, PieceProof proof)
    {
        double s = Side < 0 ? g : -g;
        double band = 4.0 * error;
        if (proof == PieceProof.Above || (proof == PieceProof.None && s > FlipThreshold + band))
        {
            Side = -Side;
            Pending = false;
            Latched = true;
            RiseThreshold = Side > 0 ? RiseThreshold : 0.0; // the one exceeded stays: a jump here has not moved the guard away
            FallThreshold = Side < 0 ? FallThreshold : 0.0;
            return GuardFeed.Flip;
        }

        if (proof == PieceProof.Below || s < -SettleThreshold - band)
        {
            bool touched = Pending;
            Settle();
            return touched ? GuardFeed.Touch : GuardFeed.Outside;
        }

        Pending = !Latched;
        return GuardFeed.Inside;
    }

    /// <summary>Exchanges the states of guards with an archive.</summary>
    public static void Exchange(StateArchive archive, Span<GuardState> states)
    {
        archive.ExchangeLength(states.Length);
        foreach (ref GuardState state in states)
        {
            state.RiseThreshold = archive.Exchange(state.RiseThreshold);
            state.FallThreshold = archive.Exchange(state.FallThreshold);
            state.Side = archive.Exchange(state.Side);
            state.Pending = archive.Exchange(state.Pending);
            state.Latched = archive.Exchange(state.Latched);
        }
    }

    /// <summary>Forgets latch, pending visit and thresholds: the guard is clearly on its side.</summary>
    public void Settle()
    {
        Pending = Latched = false;
        RiseThreshold = FallThreshold = 0.0;
    }
}
