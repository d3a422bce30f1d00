using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <content>The guard sets that a search knows: room for each, and what was counted.</content>
internal partial class EventSearch
{
    /// <summary>Makes room for a guard set, unless it has some; returns its statistics.</summary>
    public GuardStatistics[] Admit(GuardSet set)
    {
        if (_statisticsOf.TryGetValue(set, out GuardStatistics[]? known))
        {
            return known;
        }

        int forms = 0;
        int terms = 0;
        foreach (AffineForm form in set.Guards.ToArray().SelectMany(guard => guard.Parts.Forms))
        {
            forms++;
            terms += form.States.Length + 2;
            Grow(ref _registers, form.Coefficients.RegisterCount);
            Grow(ref _coefficients, form.Coefficients.OutputCount);
        }

        int guards = set.Count;
        Grow(ref _terms, terms);
        Grow(ref _firstForm, guards + 1);
        Grow(ref _firstTerm, forms + 1);
        Grow(ref _q, forms * _stride);
        Grow(ref _w, forms * _stride);
        Grow(ref _saved, guards);
        Grow(ref _escalated, guards);
        Grow(ref _found, guards);
        Grow(ref _foundState, guards);
        Grow(ref _searchedTo, guards);
        Grow(ref _due, guards);
        Grow(ref _touches, (4 * guards) + 16);
        var statistics = new GuardStatistics[guards];
        _sets.Add(set);
        _statisticsOf.Add(set, statistics);
        return statistics;
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            Array.Resize(ref array, length);
        }
    }

    /// <summary>The statistics of each guard of a set.</summary>
    public ReadOnlySpan<GuardStatistics> Statistics(GuardSet set) => _statisticsOf[set];

    /// <summary>Every set that was ever bound, in the order of its admission.</summary>
    public IReadOnlyList<GuardSet> Sets => _sets;

    /// <summary>Exchanges with an archive what was counted and which guards are bound to which data.</summary>
    public void Exchange(StateArchive archive)
    {
        foreach (GuardSet set in _sets)
        {
            archive.ExchangeLength(set.Count);
            foreach (ref GuardStatistics statistics in _statisticsOf[set].AsSpan())
            {
                statistics.Exchange(archive);
            }
        }

        int bound = archive.Exchange(_sets.IndexOf(_set));
        archive.Exchange(_data);
        if (archive.IsReading)
        {
            GuardSet set = (uint)bound < (uint)_sets.Count ? _sets[bound] : throw StateArchive.Damage($"guards of mode number {bound}");
            _bound = false;
            Bind(set, _data);
        }
    }
}
