using HybridControl.Automata;

namespace HybridControl.Simulation;

/// <summary>What a jump of some regions leaves as it was: the guards, latches and choices of all other regions.</summary>
/// <remarks>
/// Semantics 11. A watched function is known by its role and owner in every mode that has it; where it stands among the
/// others changes with the mode. Everything here is made anew for each jump. Not thread-safe.
/// </remarks>
internal sealed class RegionTracker
{
    private readonly CompiledAutomaton _compiled;
    private readonly ModeTable _modes;
    private readonly int[] _target;
    private readonly bool[] _entered;
    private int[] _watched = [];
    private int[] _static = [];
    private bool[] _keptBranches = [];
    private GuardState[] _guards = [];
    private double[] _values = [];
    private double[] _lastValues = [];
    private double[] _rates = [];
    private bool[] _warned = [];
    private int[] _sides = [];
    private bool[] _staticWarned = [];
    private int _oldWatched;

    public RegionTracker(CompiledAutomaton compiled)
    {
        _compiled = compiled;
        _modes = compiled.Modes;
        _target = new int[_modes.RegionCount];
        _entered = new bool[_modes.RegionCount];
    }

    /// <summary>Whether the present jump enters the region of a location, be it the one it leaves.</summary>
    public bool Enters(int location) => _entered[_modes.RegionOf[location]];

    /// <summary>Whether a watched function of the new mode begins anew.</summary>
    public bool IsFresh(int watched) => _watched[watched] == Fresh;

    /// <summary>Whether a resting guard of the new mode begins anew.</summary>
    public bool IsFreshStatic(int resting) => _static[resting] == Fresh;

    /// <summary>Whether a choice of the new mode, by its place there, keeps its side.</summary>
    public bool KeepsBranch(int place) => _keptBranches[place];

    /// <summary>Notes that every region is entered: the start of a run.</summary>
    public void EnterAll(ModeRuntime mode)
    {
        Array.Fill(_entered, true);
        Match(mode, mode);
        Array.Fill(_watched, Fresh);
        Array.Fill(_static, Fresh);
        Array.Clear(_keptBranches);
    }

    /// <summary>Notes which regions a transition enters.</summary>
    /// <returns>The mode it leads to, and whether any region is entered.</returns>
    public (int Mode, bool Leaves) Plan(CompiledTransition transition, ModeRuntime from)
    {
        from.Mode.Locations.CopyTo(_target, 0);
        Array.Clear(_entered);
        if (transition.Members is null)
        {
            Move(transition);
        }
        else
        {
            foreach (CompiledTransition member in transition.Members)
            {
                Move(member);
            }
        }

        return (_modes.NumberOf(_target), _entered.AsSpan().Contains(true));
    }

    /// <summary>Keeps what is known of the guards of the mode that is left.</summary>
    public void Save(
        ModeRuntime from, ModeRuntime to, ReadOnlySpan<GuardState> guards, ReadOnlySpan<double> values, ReadOnlySpan<double> lastValues,
        ReadOnlySpan<double> rates, ReadOnlySpan<bool> warned, ReadOnlySpan<int> sides, ReadOnlySpan<bool> staticWarned)
    {
        Copy(guards[..from.Watched.Length], ref _guards);
        Copy(values[..from.Watched.Length], ref _values);
        Copy(lastValues[..from.Watched.Length], ref _lastValues);
        Copy(rates[..from.Watched.Length], ref _rates);
        Copy(warned[..from.Watched.Length], ref _warned);
        Copy(sides[..from.Static.Length], ref _sides);
        Copy(staticWarned[..from.Static.Length], ref _staticWarned);
        Match(from, to);
    }

    /// <summary>Gives the guards of the new mode what was kept of them.</summary>
    public void Restore(ModeRuntime to, Span<GuardState> guards, Span<bool> warned, Span<int> sides, Span<bool> staticWarned)
    {
        for (int i = 0; i < to.Watched.Length; i++)
        {
            int from = _watched[i];
            warned[i] = from != Fresh && (from < _oldWatched ? _warned[from] : _staticWarned[from - _oldWatched]);
            if (from != Fresh)
            {
                guards[i] = from < _oldWatched ? _guards[from] : new GuardState { Side = _sides[from - _oldWatched] };
            }
        }

        for (int i = 0; i < to.Static.Length; i++)
        {
            int from = _static[i];
            staticWarned[i] = from != Fresh && (from < _oldWatched ? _warned[from] : _staticWarned[from - _oldWatched]);
            if (from != Fresh)
            {
                sides[i] = from < _oldWatched ? _guards[from].Side : _sides[from - _oldWatched];
            }
        }
    }

    /// <summary>Gives the guards of the new mode what was kept of their values before the present jump.</summary>
    public void RestoreLeft(ModeRuntime to, Span<double> values, Span<double> lastValues, Span<double> rates)
    {
        for (int i = 0; i < to.Watched.Length; i++)
        {
            if (_watched[i] is >= 0 and int from && from < _oldWatched)
            {
                values[i] = _values[from];
                lastValues[i] = _lastValues[from];
                rates[i] = _rates[from];
            }
        }
    }

    private const int Fresh = -1;

    private void Move(CompiledTransition transition)
    {
        int region = _modes.RegionOf[transition.From];
        int to = transition.From == transition.To ? _target[region] : transition.To;
        _entered[region] = to != _target[region] || transition.Source.External;
        _target[region] = to;
    }

    private void Match(ModeRuntime from, ModeRuntime to)
    {
        _oldWatched = from.Watched.Length;
        Reach(ref _watched, to.Watched.Length);
        Reach(ref _static, to.Static.Length);
        Reach(ref _keptBranches, to.Mode.Branches.Length);
        int hint = 0;
        for (int i = 0; i < to.Watched.Length; i++)
        {
            _watched[i] = Find(from, to.Watched[i], ref hint);
        }

        for (int i = 0; i < to.Static.Length; i++)
        {
            _static[i] = Find(from, to.Static[i], ref hint);
        }

        for (int k = 0; k < to.Mode.Branches.Length; k++)
        {
            _keptBranches[k] = Array.IndexOf(from.Mode.Branches, to.Mode.Branches[k]) >= 0;
        }
    }

    // Where a function stood in the mode that is left: mostly right behind the one before it.
    private int Find(ModeRuntime from, CompiledGuard guard, ref int hint)
    {
        if (Begins(guard))
        {
            return Fresh;
        }

        int count = _oldWatched + from.Static.Length;
        for (int k = 0; k < count; k++)
        {
            int at = hint + k < count ? hint + k : hint + k - count;
            CompiledGuard old = at < _oldWatched ? from.Watched[at] : from.Static[at - _oldWatched];
            if (old.Owner == guard.Owner && old.Role == guard.Role)
            {
                hint = at + 1;
                return at;
            }
        }

        return Fresh;
    }

    private bool Begins(CompiledGuard guard)
    {
        switch (guard.Role)
        {
            case GuardRole.Transition:
                CompiledTransition transition = _compiled.Labels.At(guard.Owner);
                return transition.Members is null ? Enters(transition.From) : Array.Exists(transition.Members, member => Enters(member.From));
            case GuardRole.Invariant:
                return Enters(_modes.LocationOfInvariant(guard.Owner));
            default:
                return false;
        }
    }

    private static void Copy<T>(ReadOnlySpan<T> values, ref T[] into)
    {
        Reach(ref into, values.Length);
        values.CopyTo(into);
    }

    private static void Reach<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[length];
        }
    }
}
