using System.Collections;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <summary>The jumps of a run, kept as plain numbers: a record of one is made when it is asked for.</summary>
internal sealed class JumpList : IReadOnlyList<Jump>
{
    private const int LeastJump = 64;
    private const int FewNames = 8;

    private readonly List<Entry> _entries = [];
    private readonly List<double> _values = [];
    private readonly List<JumpNames> _names = []; // few jumps of a run are of a kind of their own
    private Dictionary<JumpNames, int>? _numbers;

    public int Count => _entries.Count;

    /// <summary>The number of values around all jumps.</summary>
    public int ValueCount => _values.Count;

    /// <summary>Makes room, so that the lists need not grow.</summary>
    public void MakeRoom(int jumps, int values)
    {
        _entries.EnsureCapacity(jumps);
        _values.EnsureCapacity(values);
    }

    public Jump this[int index]
    {
        get
        {
            Entry entry = _entries[index];
            int end = index + 1 < _entries.Count ? _entries[index + 1].First : _values.Count;
            ReadOnlySpan<double> values = CollectionsMarshal.AsSpan(_values)[entry.First..end];
            int n = entry.States;
            int m = ((values.Length - entry.Sensitivities) / 2) - n;
            JumpNames names = _names[entry.Names];
            return new(
                entry.Index, entry.Time, names.From, names.To, names.Transition, entry.GuardBefore, entry.GuardAfter,
                [.. values[..n]], [.. values.Slice(n + m, n)], [.. values.Slice(n, m)], [.. values.Slice(n + m + n, m)])
            {
                TimeSensitivities = [.. values[^entry.Sensitivities..]],
            };
        }
    }

    /// <summary>The name of the transition of one.</summary>
    public string TransitionOf(int index) => _names[_entries[index].Names].Transition;

    /// <summary>The time of one.</summary>
    public double TimeOf(int index) => _entries[index].Time;

    /// <summary>Adds a jump: the visible states before and after it have one length, and so have the discrete variables.</summary>
    public void Add(
        in JumpHead head,
        ReadOnlySpan<double> statesBefore,
        ReadOnlySpan<double> discretesBefore,
        ReadOnlySpan<double> statesAfter,
        ReadOnlySpan<double> discretesAfter,
        ReadOnlySpan<double> timeSensitivities)
    {
        int first = _values.Count;
        int n = statesBefore.Length;
        int m = discretesBefore.Length;
        _entries.Add(new(
            head.Time, head.GuardBefore, head.GuardAfter, head.Index, NumberOf(head.Names), first, n, timeSensitivities.Length));
        CollectionsMarshal.SetCount(_values, first + (2 * (n + m)) + timeSensitivities.Length);
        Span<double> place = CollectionsMarshal.AsSpan(_values)[first..];
        statesBefore.CopyTo(place);
        discretesBefore.CopyTo(place[n..]);
        statesAfter.CopyTo(place[(n + m)..]);
        discretesAfter.CopyTo(place[(n + m + n)..]);
        timeSensitivities.CopyTo(place[(2 * (n + m))..]);
    }

    public void Add(Jump jump) => Add(
        new(jump.Index, jump.Time, new(jump.From, jump.To, jump.Transition), jump.GuardBefore, jump.GuardAfter),
        jump.StatesBefore.AsSpan(), jump.DiscretesBefore.AsSpan(), jump.StatesAfter.AsSpan(), jump.DiscretesAfter.AsSpan(), jump.TimeSensitivities.AsSpan());

    public IEnumerator<Jump> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Exchanges the jumps with an archive: within a process as a copy, in bytes as their parts.</summary>
    public void Exchange(StateArchive archive)
    {
        JumpList shared = archive.SharesObjects && !archive.IsReading ? Copy() : this;
        if (archive.TryShare(ref shared))
        {
            if (archive.IsReading)
            {
                TakeFrom(shared);
            }

            return;
        }

        int count = archive.ExchangeCount(Count, LeastJump);
        if (archive.IsReading)
        {
            _entries.Clear();
            _values.Clear();
        }

        for (int i = 0; i < count; i++)
        {
            ExchangeJump(archive, archive.IsReading ? null : this[i]);
        }
    }

    private void ExchangeJump(StateArchive archive, Jump? jump)
    {
        Jump exchanged = new(
            archive.Exchange(jump?.Index ?? 0),
            archive.Exchange(jump?.Time ?? 0.0),
            archive.Exchange(jump?.From ?? ""),
            archive.Exchange(jump?.To ?? ""),
            archive.Exchange(jump?.Transition ?? ""),
            archive.Exchange(jump?.GuardBefore ?? 0.0),
            archive.Exchange(jump?.GuardAfter ?? 0.0),
            archive.Exchange(jump?.StatesBefore ?? []),
            archive.Exchange(jump?.StatesAfter ?? []),
            archive.Exchange(jump?.DiscretesBefore ?? []),
            archive.Exchange(jump?.DiscretesAfter ?? []))
        {
            TimeSensitivities = archive.Exchange(jump?.TimeSensitivities ?? []),
        };
        if (!archive.IsReading)
        {
            return;
        }

        if (exchanged.StatesBefore.Length != exchanged.StatesAfter.Length ||
            exchanged.DiscretesBefore.Length != exchanged.DiscretesAfter.Length)
        {
            throw StateArchive.Damage($"jump {exchanged.Index} changes the number of its variables");
        }

        Add(exchanged);
    }

    // The names of a model are few and the same objects: they are mostly found at once.
    private int NumberOf(in JumpNames names)
    {
        ReadOnlySpan<JumpNames> known = CollectionsMarshal.AsSpan(_names);
        for (int i = 0; i < known.Length && i < FewNames; i++)
        {
            if (known[i].AreSameObjects(names))
            {
                return i;
            }
        }

        int number = known.Length <= FewNames ? known.IndexOf(names) : NumbersOf(known).GetValueOrDefault(names, -1);
        if (number >= 0)
        {
            return number;
        }

        _numbers?.Add(names, _names.Count);
        _names.Add(names);
        return _names.Count - 1;
    }

    private Dictionary<JumpNames, int> NumbersOf(ReadOnlySpan<JumpNames> known)
    {
        if (_numbers is null)
        {
            _numbers = [];
            for (int i = 0; i < known.Length; i++)
            {
                _numbers.Add(known[i], i);
            }
        }

        return _numbers;
    }

    private JumpList Copy()
    {
        var copy = new JumpList();
        copy.TakeFrom(this);
        return copy;
    }

    private void TakeFrom(JumpList other)
    {
        CollectionsMarshal.SetCount(_entries, 0);
        CollectionsMarshal.SetCount(_values, 0);
        CollectionsMarshal.SetCount(_names, 0);
        _numbers = other._numbers is null ? null : new(other._numbers);
        _names.AddRange(CollectionsMarshal.AsSpan(other._names));
        _entries.AddRange(CollectionsMarshal.AsSpan(other._entries));
        _values.AddRange(CollectionsMarshal.AsSpan(other._values));
    }

    private readonly record struct Entry(
        double Time, double GuardBefore, double GuardAfter, int Index, int Names, int First, int States, int Sensitivities);
}
