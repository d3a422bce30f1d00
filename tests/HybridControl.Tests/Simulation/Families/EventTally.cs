using System.Globalization;

namespace HybridControl.Tests.Simulation.Families;

/// <summary>What came of many cases. Not thread-safe: one for each thread, added up in the end.</summary>
internal sealed class EventTally
{
    private const int Kept = 20;

    public long Cases { get; set; }

    public long Expected { get; set; }

    /// <summary>Expected events that did not come; all of a run that failed.</summary>
    public long Missed { get; set; }

    /// <summary>Events that came twice or were not expected.</summary>
    public long Duplicated { get; set; }

    /// <summary>Events out of order, at another time, or not at one instant with those that they belong to.</summary>
    public long Disordered { get; set; }

    /// <summary>Runs that were not the same, bit for bit, with monitors.</summary>
    public long Disturbed { get; set; }

    public long Touches { get; set; }

    public long Pieces { get; set; }

    public long NotBounded { get; set; }

    public long FloorHits { get; set; }

    /// <summary>Largest error of a time, in tolerances.</summary>
    public double Worst { get; set; }

    /// <summary>Reproductions of the first cases that failed.</summary>
    public List<string> Messages { get; } = [];

    public bool IsClean => Missed + Duplicated + Disordered + Disturbed == 0;

    public void Note(string message)
    {
        if (Messages.Count < Kept)
        {
            Messages.Add(message);
        }
    }

    public void Add(EventTally other)
    {
        Cases += other.Cases;
        Expected += other.Expected;
        Missed += other.Missed;
        Duplicated += other.Duplicated;
        Disordered += other.Disordered;
        Disturbed += other.Disturbed;
        Touches += other.Touches;
        Pieces += other.Pieces;
        NotBounded += other.NotBounded;
        FloorHits += other.FloorHits;
        Worst = Math.Max(Worst, other.Worst);
        other.Messages.ForEach(Note);
    }

    public string Verdict() => string.Create(
        CultureInfo.InvariantCulture, $"missed {Missed} duplicated {Duplicated} disordered {Disordered} of {Cases}");
}
