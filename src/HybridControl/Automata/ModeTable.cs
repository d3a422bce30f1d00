using System.Diagnostics.CodeAnalysis;

namespace HybridControl.Automata;

/// <summary>The modes of an automaton by number: its declared modes or, with several regions, tuples of them.</summary>
/// <remarks>
/// A plain automaton has its declared modes. With regions a mode of the whole is one declared mode (a location) of each
/// region. Up to <see cref="Small"/> combinations have their numbers from the start, the last region counting fastest;
/// of more, each gets the next number when it is first visited, so that number depends on what ran before and must not
/// reach a result: names and locations may. Thread-safe.
/// </remarks>
internal sealed class ModeTable
{
    /// <summary>Combinations up to this many are numbered from the start.</summary>
    public const int Small = 4096;

    /// <summary>What stands between the locations in the name of a mode.</summary>
    public const string Separator = " | ";

    private readonly Lock _gate = new();
    private readonly HybridAutomaton _automaton;
    private readonly Dictionary<int[], int> _numbers = new(new TupleComparer());
    private readonly Dictionary<string, int> _locations = new(StringComparer.Ordinal);
    private readonly int[] _invariants;
    private volatile int[][] _tuples;
    private volatile int _count;

    public ModeTable(HybridAutomaton automaton)
    {
        _automaton = automaton;
        string[] regions = [.. automaton.Regions];
        RegionCount = regions.Length;
        RegionOf = [.. automaton.Modes.Select(mode => Array.IndexOf(regions, mode.Region))];
        for (int i = 0; i < automaton.Modes.Length; i++)
        {
            _locations.TryAdd(automaton.Modes[i].Name, i);
        }

        _invariants = [.. automaton.Modes.SelectMany((mode, location) => mode.Invariants.Select(_ => location))];
        int[][] byRegion = [.. regions.Select((_, region) => Enumerable.Range(0, RegionOf.Length).Where(i => RegionOf[i] == region).ToArray())];
        double combinations = byRegion.Aggregate(1.0, (product, locations) => product * locations.Length);
        IsComplete = RegionCount == 1 || combinations <= Small;
        _tuples = IsComplete ? [.. Product(byRegion)] : new int[16][];
        _count = IsComplete ? _tuples.Length : 0;
        for (int i = 0; i < _count; i++)
        {
            _numbers.Add(_tuples[i], i);
        }
    }

    /// <summary>The number of regions.</summary>
    public int RegionCount { get; }

    /// <summary>The region of each declared mode.</summary>
    public int[] RegionOf { get; }

    /// <summary>Whether every combination has its number from the start.</summary>
    public bool IsComplete { get; }

    /// <summary>The modes that have a number.</summary>
    public int Count => _count;

    /// <summary>The location of each region in a mode.</summary>
    public int[] LocationsOf(int number) => _tuples[number];

    /// <summary>The number of a declared mode; -1 if there is none of that name.</summary>
    public int LocationOf(string name) => _locations.GetValueOrDefault(name, -1);

    /// <summary>The declared mode of an invariant, where invariants are numbered through.</summary>
    public int LocationOfInvariant(int number) => _invariants[number];

    /// <summary>The name of a mode: those of its locations, joined.</summary>
    public string NameOf(int number) => RegionCount == 1
        ? _automaton.Modes[number].Name
        : string.Join(Separator, LocationsOf(number).Select(location => _automaton.Modes[location].Name));

    /// <summary>The number of a combination of locations, which may be new.</summary>
    public int NumberOf(ReadOnlySpan<int> locations)
    {
        lock (_gate)
        {
            Dictionary<int[], int>.AlternateLookup<ReadOnlySpan<int>> lookup = _numbers.GetAlternateLookup<ReadOnlySpan<int>>();
            if (lookup.TryGetValue(locations, out int number))
            {
                return number;
            }

            number = _count;
            if (number == _tuples.Length)
            {
                int[][] grown = new int[2 * number][];
                _tuples.CopyTo(grown, 0);
                _tuples = grown;
            }

            _tuples[number] = locations.ToArray();
            _numbers.Add(_tuples[number], number);
            _count = number + 1;
            return number;
        }
    }

    /// <summary>The number of the mode of that name; -1 if there is none.</summary>
    public int NumberOf(string name) => TryParse(name, out int[]? locations) ? NumberOf(locations) : -1;

    /// <summary>Reads the name of a mode.</summary>
    public bool TryParse(string name, [NotNullWhen(true)] out int[]? locations)
    {
        string[] names = RegionCount == 1 ? [name] : name.Split(Separator);
        locations = [.. names.Select(LocationOf)];
        if (locations.Length == RegionCount && !locations.Where((location, i) => location < 0 || RegionOf[location] != i).Any())
        {
            return true;
        }

        locations = null;
        return false;
    }

    private static IEnumerable<int[]> Product(int[][] byRegion)
    {
        IEnumerable<int[]> tuples = [[]];
        foreach (int[] locations in byRegion)
        {
            tuples = tuples.SelectMany(tuple => locations.Select(location => (int[])[.. tuple, location]));
        }

        return tuples;
    }

    private sealed class TupleComparer : IEqualityComparer<int[]>, IAlternateEqualityComparer<ReadOnlySpan<int>, int[]>
    {
        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] tuple) => GetHashCode(tuple.AsSpan());

        public bool Equals(ReadOnlySpan<int> tuple, int[] other) => tuple.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<int> tuple)
        {
            int hash = tuple.Length;
            foreach (int location in tuple)
            {
                hash = unchecked((hash * 1000003) ^ location);
            }

            return hash;
        }

        public int[] Create(ReadOnlySpan<int> tuple) => tuple.ToArray();
    }
}
