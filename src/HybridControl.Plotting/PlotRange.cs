namespace HybridControl.Plotting;

/// <summary>The range of an axis: the values and a little room on both sides.</summary>
internal static class PlotRange
{
    public static (double Lowest, double Highest) Of(IEnumerable<double> values, double margin = 0.07)
    {
        (double lowest, double highest) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (double value in values)
        {
            if (double.IsFinite(value))
            {
                lowest = Math.Min(lowest, value);
                highest = Math.Max(highest, value);
            }
        }

        if (lowest > highest)
        {
            return (0, 1);
        }

        // Rounding noise around a constant must not be blown up to the full height.
        double size = Math.Max(Math.Abs(lowest), Math.Abs(highest));
        double room = highest - lowest > 1e-9 * size ? margin * (highest - lowest) : Math.Max(0.1 * size, 1e-12);
        return size == 0 ? (-1, 1) : (lowest - room, highest + room);
    }
}
