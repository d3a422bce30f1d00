using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Automata.Sliding;

/// <summary>Finds every group of modes that may slide.</summary>
internal static class SlidingSearch
{
    /// <summary>The groups of an automaton that can be made explicit.</summary>
    public static IEnumerable<SlidingModes> FindAll(HybridAutomaton automaton)
    {
        var comparison = new SurfaceComparison(automaton);
        string[] modes = [.. automaton.Modes.Select(mode => mode.Name)];
        Dictionary<(string, string), Handover> pairs = [];
        foreach (string first in modes)
        {
            foreach (string second in modes.Where(mode => mode != first))
            {
                if (Handover.Find(automaton, comparison, first, second) is { } handover && Works(automaton, new(first, second)))
                {
                    pairs.Add((first, second), handover);
                }
            }
        }

        var grouped = new HashSet<(string, string)>();
        foreach (SlidingModes corner in Corners(modes, pairs, comparison).Where(corner => Works(automaton, corner)))
        {
            (string, string)[] added = [.. EdgesOf(corner).Where(grouped.Add)];
            if (added.Length > 0)
            {
                yield return corner;
            }
        }

        foreach ((string first, string second) in pairs.Keys.Where(pair => grouped.Add(Sorted(pair.Item1, pair.Item2))))
        {
            yield return new(first, second);
        }

        HashSet<string> inPairs = [.. pairs.Keys.Select(pair => pair.Item1)];
        foreach (string mode in modes.Where(mode => !inPairs.Contains(mode) && Works(automaton, new(mode))))
        {
            yield return new(mode);
        }
    }

    private static IEnumerable<SlidingModes> Corners(
        string[] modes, Dictionary<(string, string), Handover> pairs, SurfaceComparison comparison)
    {
        foreach (((string a, string b), Handover top) in pairs)
        {
            foreach (string c in modes.Where(mode => mode != b && pairs.ContainsKey((a, mode))))
            {
                foreach (string d in modes.Where(mode => mode != a && pairs.ContainsKey((c, mode)) && pairs.ContainsKey((b, mode))))
                {
                    if (comparison.Ratio(top.Surface.Function, pairs[(c, d)].Surface.Function) > 0.0 &&
                        comparison.Ratio(pairs[(a, c)].Surface.Function, pairs[(b, d)].Surface.Function) > 0.0 &&
                        comparison.Ratio(top.Surface.Function, pairs[(a, c)].Surface.Function) is null)
                    {
                        yield return new(a, b, c, d);
                    }
                }
            }
        }
    }

    private static bool Works(HybridAutomaton automaton, SlidingModes group)
    {
        var findings = new FindingList();
        SlidingTransform.Expand(automaton, [group], findings);
        return !findings.HasErrors;
    }

    private static IEnumerable<(string, string)> EdgesOf(SlidingModes corner)
    {
        ImmutableArray<string> m = corner.Modes;
        return [Sorted(m[0], m[1]), Sorted(m[2], m[3]), Sorted(m[0], m[2]), Sorted(m[1], m[3])];
    }

    private static (string, string) Sorted(string a, string b) => string.CompareOrdinal(a, b) < 0 ? (a, b) : (b, a);
}
