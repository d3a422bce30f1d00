using System.Collections;
using System.Runtime.InteropServices;
using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <summary>The log of a run: a record of an entry is made, and its text written, when it is asked for.</summary>
internal sealed class LogList : IReadOnlyList<LogRecord>
{
    private const int LeastLog = 28;

    private readonly List<LogEntry> _entries = [];

    public int Count => _entries.Count;

    /// <summary>Makes room, so that the list need not grow.</summary>
    public void MakeRoom(int entries) => _entries.EnsureCapacity(entries);

    public LogRecord this[int index]
    {
        get
        {
            LogEntry entry = _entries[index];
            return new(entry.Time, entry.JumpIndex, entry.Kind, entry.Name, entry.DetailText);
        }
    }

    public void Add(LogEntry entry) => _entries.Add(entry);

    public IEnumerator<LogRecord> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Exchanges the log with an archive: within a process as a copy, in bytes as its parts.</summary>
    public void Exchange(StateArchive archive)
    {
        LogList shared = archive.SharesObjects && !archive.IsReading ? Copy() : this;
        if (archive.TryShare(ref shared))
        {
            if (archive.IsReading)
            {
                TakeFrom(shared);
            }

            return;
        }

        int count = archive.ExchangeCount(Count, LeastLog);
        if (archive.IsReading)
        {
            _entries.Clear();
        }

        for (int i = 0; i < count; i++)
        {
            LogEntry entry = archive.IsReading ? new(0.0, 0, default, "") : _entries[i];
            double time = archive.Exchange(entry.Time);
            int jumpIndex = archive.Exchange(entry.JumpIndex);
            LogKind kind = entry.Kind;
            archive.Exchange(ref kind);
            string name = archive.Exchange(entry.Name);
            string detail = archive.Exchange(entry.DetailText);
            if (archive.IsReading)
            {
                Add(new(time, jumpIndex, kind, name, detail));
            }
        }
    }

    private LogList Copy()
    {
        var copy = new LogList();
        copy.TakeFrom(this);
        return copy;
    }

    private void TakeFrom(LogList other)
    {
        CollectionsMarshal.SetCount(_entries, 0);
        _entries.AddRange(CollectionsMarshal.AsSpan(other._entries));
    }
}
