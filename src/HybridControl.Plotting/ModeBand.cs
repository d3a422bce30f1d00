using HybridControl.Simulation;

namespace HybridControl.Plotting;

/// <summary>A stretch of time in one mode, over all jumps from the mode to itself.</summary>
/// <param name="Mode">Number of the mode in the model.</param>
/// <param name="Start">Start time in seconds.</param>
/// <param name="End">End time in seconds.</param>
internal readonly record struct ModeBand(int Mode, double Start, double End)
{
    /// <summary>The bands of a run between two times; modes that last no time are left out.</summary>
    public static List<ModeBand> Of(Trajectory run, double from, double to)
    {
        var bands = new List<ModeBand>();
        Dictionary<string, int> numbers = NumbersOf(run);
        foreach (Segment segment in run.Segments)
        {
            (double start, double end) = (Math.Max(segment.Start, from), Math.Min(segment.End, to));
            if (end <= start)
            {
                continue;
            }

            int mode = numbers[segment.Mode];
            if (bands.Count > 0 && bands[^1].Mode == mode)
            {
                bands[^1] = bands[^1] with { End = end };
            }
            else
            {
                bands.Add(new(mode, start, end));
            }
        }

        return bands;
    }

    /// <summary>The number of each mode by name, in the order of the model.</summary>
    public static Dictionary<string, int> NumbersOf(Trajectory run)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string name in run.ModeNames)
        {
            numbers.TryAdd(name, numbers.Count);
        }

        return numbers;
    }
}
