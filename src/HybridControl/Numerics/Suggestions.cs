namespace HybridControl.Numerics;

/// <summary>The remedy half of a message about an unknown name.</summary>
public static class Suggestions
{
    private const int LongestList = 20;
    private const int LongestName = 64;

    /// <summary>"Did you mean 'gravity'? Known: e, gravity, v, y.": the nearest known name, if any is near, and the list.</summary>
    /// <param name="name">The name that was not found.</param>
    /// <param name="known">The names that would have been found.</param>
    /// <remarks>
    /// Near is an edit distance (insert, delete, replace, swap neighbours; upper and lower case alike) of at most a
    /// third of the name and at least one. Lists are in ordinal order; from a long one the nearest twenty are shown.
    /// </remarks>
    public static string For(string name, IEnumerable<string> known)
    {
        string[] names = [.. known.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (names.Length == 0)
        {
            return "No names are known here.";
        }

        string? nearest = Nearest(name, names);
        string question = nearest is null ? "" : $"Did you mean '{nearest}'? ";
        if (names.Length <= LongestList)
        {
            return $"{question}Known: {string.Join(", ", names)}.";
        }

        IEnumerable<string> shown = names.OrderBy(candidate => Distance(name, candidate)).Take(LongestList)
            .Order(StringComparer.Ordinal);
        return $"{question}Known: {string.Join(", ", shown)} and {names.Length - LongestList} more.";
    }

    /// <summary>The known name nearest to <paramref name="name"/>, or null if none is near.</summary>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        int limit = Math.Max(1, name.Length / 3);
        string? nearest = null;
        foreach (string candidate in known)
        {
            int distance = Distance(name, candidate);
            if (distance <= limit && distance < Math.Max(name.Length, candidate.Length))
            {
                (nearest, limit) = (candidate, distance - 1);
            }
        }

        return nearest;
    }

    // Optimal string alignment distance; very long names are not misspelt names.
    private static int Distance(string a, string b)
    {
        if (a.Length > LongestName || b.Length > LongestName)
        {
            return int.MaxValue;
        }

        int width = b.Length + 1;
        int[] table = new int[(a.Length + 1) * width];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[(i * width) + j] = i + j;
                    continue;
                }

                bool same = char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]);
                int best = table[((i - 1) * width) + j - 1] + (same ? 0 : 1);
                best = Math.Min(best, table[((i - 1) * width) + j] + 1);
                best = Math.Min(best, table[(i * width) + j - 1] + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    best = Math.Min(best, table[((i - 2) * width) + j - 2] + 1);
                }

                table[(i * width) + j] = best;
            }
        }

        return table[^1];
    }
}
