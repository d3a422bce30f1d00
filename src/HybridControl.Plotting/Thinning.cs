namespace HybridControl.Plotting;

/// <summary>Chooses which of many samples are drawn.</summary>
internal static class Thinning
{
    /// <summary>Places of at most so many samples: of each stretch the lowest and the highest, so that no spike is lost.</summary>
    /// <param name="values">The samples; what is not finite is left out unless nothing is thinned.</param>
    /// <param name="most">How many places are wanted at most.</param>
    public static int[] Extremes(IReadOnlyList<double> values, int most)
    {
        int n = values.Count;
        if (n <= most)
        {
            return [.. Enumerable.Range(0, n)];
        }

        int stretches = most / 2;
        var places = new SortedSet<int>();
        for (int s = 0; s < stretches; s++)
        {
            (int start, int end) = ((int)((long)s * n / stretches), (int)((long)(s + 1) * n / stretches));
            int[] finite = [.. Enumerable.Range(start, end - start).Where(i => double.IsFinite(values[i]))];
            if (finite.Length > 0)
            {
                places.Add(finite.MinBy(i => values[i]));
                places.Add(finite.MaxBy(i => values[i]));
            }
        }

        return [.. places];
    }

    /// <summary>Places of about so many samples, evenly spread so that dots show how densely they lie, and the largest of all.</summary>
    public static int[] Dots(double[] values, int most)
    {
        int[] even = Even(values.Length, most);
        return even.Length == values.Length
            ? even
            : [.. even.Union(Enumerable.Range(0, values.Length).OrderByDescending(i => Math.Abs(values[i])).Take(most / 20)).Order()];
    }

    /// <summary>Times with a NaN in the middle of each gap of more than four usual steps, and the place of each; -1 for such a NaN.</summary>
    /// <param name="times">Ascending times.</param>
    public static (double[] Times, int[] Places) Gaps(double[] times)
    {
        double[] steps = [.. Enumerable.Range(1, Math.Max(0, times.Length - 1)).Select(i => times[i] - times[i - 1]).Where(step => step > 0).Order()];
        double longest = steps.Length == 0 ? double.PositiveInfinity : 4 * steps[steps.Length / 2];
        (List<double> broken, List<int> places) = ([], []);
        for (int i = 0; i < times.Length; i++)
        {
            if (i > 0 && times[i] - times[i - 1] > longest)
            {
                broken.Add(double.NaN);
                places.Add(-1);
            }

            broken.Add(times[i]);
            places.Add(i);
        }

        return ([.. broken], [.. places]);
    }

    /// <summary>Places of at most so many samples, evenly spread, the last among them.</summary>
    public static int[] Even(int count, int most)
    {
        int every = Math.Max(1, (count + most - 1) / most);
        return [.. Enumerable.Range(0, count).Where(i => i % every == 0 || i == count - 1)];
    }
}
