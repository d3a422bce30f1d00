namespace HybridControl.Ensembles.Lanes;

/// <summary>How full the lanes were: for each program, how often it ran and on how many lanes altogether.</summary>
/// <param name="lanes">Lanes of a group.</param>
/// <param name="programs">The number of programs.</param>
internal sealed class LaneStatistics(int lanes, int programs)
{
    /// <summary>Passes of each program; a loop counts each time around.</summary>
    public long[] Passes { get; } = new long[programs];

    /// <summary>Lanes that took part, summed over the passes of each program.</summary>
    public long[] Active { get; } = new long[programs];

    /// <summary>Trajectories that were moved between a group and the pool.</summary>
    public long Moves { get; set; }

    /// <summary>Fraction of the lanes that took part in the passes of some programs; NaN if there were none.</summary>
    /// <param name="weight">What a pass of a program counts: zero to leave it out, its cost or one to count it.</param>
    public double Occupancy(Func<int, double> weight)
    {
        double passes = 0.0;
        double active = 0.0;
        for (int i = 0; i < Passes.Length; i++)
        {
            passes += weight(i) * Passes[i];
            active += weight(i) * Active[i];
        }

        return active / (passes * lanes);
    }

    /// <summary>Counts a pass.</summary>
    public void Count(int program, int active)
    {
        Passes[program]++;
        Active[program] += active;
    }

    /// <summary>Adds the counts of another thread.</summary>
    public void Add(LaneStatistics other)
    {
        for (int i = 0; i < Passes.Length; i++)
        {
            Passes[i] += other.Passes[i];
            Active[i] += other.Active[i];
        }

        Moves += other.Moves;
    }
}
