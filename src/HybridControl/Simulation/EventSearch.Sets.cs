using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <content>The guard sets that a search knows: room for each, and what was counted.</content>
internal partial class EventSearch
{
    private const int FewSets = 8;

    /// <summary>Makes room for a guard set, unless it has some.</summary>
    public BoundGuards Admit(GuardSet set)
    {
        if (Find(set) is { } known)
        {
            return known;
        }

        int forms = 0;
        int terms = 0;
        foreach (GuardFunction guard in set.Guards)
        {
            foreach (AffineForm form in guard.Parts.Forms)
            {
                forms++;
                terms += form.States.Length + 2;
                Grow(ref _registers, form.Coefficients.RegisterCount);
                Grow(ref _coefficients, form.Coefficients.OutputCount);
            }
        }

        int guards = set.Count;
        Grow(ref _q, forms * _stride);
        Grow(ref _w, forms * _stride);
        Grow(ref _composedIn, forms);
        Grow(ref _saved, guards);
        Grow(ref _escalated, guards);
        Grow(ref _found, guards);
        Grow(ref _foundState, guards);
        Grow(ref _searchedTo, guards);
        Grow(ref _due, guards);
        Grow(ref _touches, (4 * guards) + 16);
        var room = new BoundGuards(set, forms, terms, _dataCount);
        _known.Add(room);
        _knownOf?.Add(set, room);
        return room;
    }

    /// <summary>Forgets all that it has counted and bound, for another run of the same guards.</summary>
    /// <param name="degree">The highest degree of a dense output of that run.</param>
    /// <returns>Whether there is room for that degree.</returns>
    public bool Renew(int degree)
    {
        foreach (BoundGuards known in _known)
        {
            known.Renew();
        }

        TakeGuards(_known[0]);
        Radii = null;
        _degree = degree;
        return StrideOf(degree) == _stride;
    }

    private BoundGuards? Find(GuardSet set)
    {
        if (_known.Count > FewSets)
        {
            _knownOf ??= _known.ToDictionary(known => known.Set);
            return _knownOf.GetValueOrDefault(set);
        }

        foreach (BoundGuards known in _known)
        {
            if (ReferenceEquals(known.Set, set))
            {
                return known;
            }
        }

        return null;
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            Array.Resize(ref array, length);
        }
    }

    /// <summary>The statistics of each guard of a set.</summary>
    public ReadOnlySpan<GuardStatistics> Statistics(GuardSet set) => Find(set)!.Statistics;

    /// <summary>The number of sets that there is room for.</summary>
    public int SetCount => _known.Count;

    /// <summary>Every set that was ever bound, in the order of its admission.</summary>
    public IEnumerable<GuardSet> Sets => _known.Select(known => known.Set);

    /// <summary>Exchanges with an archive what was counted and which guards are bound to which data.</summary>
    public void Exchange(StateArchive archive)
    {
        foreach (BoundGuards known in _known)
        {
            archive.ExchangeLength(known.Set.Count);
            foreach (ref GuardStatistics statistics in known.Statistics.AsSpan())
            {
                statistics.Exchange(archive);
            }
        }

        int bound = archive.Exchange(_known.IndexOf(_guards));
        double[] data = archive.IsReading ? new double[_dataCount] : _data;
        archive.Exchange(data);
        if (archive.IsReading)
        {
            GuardSet set = (uint)bound < (uint)_known.Count ? _known[bound].Set : throw StateArchive.Damage($"guards of mode number {bound}");
            Bind(set, data);
        }
    }
}
