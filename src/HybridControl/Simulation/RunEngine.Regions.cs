using HybridControl.Automata;
using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <content>Several regions: a jump of one leaves the others as they were (semantics 11).</content>
internal sealed partial class RunEngine
{
    private readonly RegionTracker? _regions;
    private readonly List<int> _visited = [];
    private double[] _joined = [];

    private bool IsFresh(int watched) => _regions is null || _regions.IsFresh(watched);

    private bool IsActive(CompiledTransition transition)
    {
        if (_regions is null)
        {
            return transition.From == _modeNumber;
        }

        if (transition.Members is null)
        {
            return IsActive(transition.From);
        }

        foreach (CompiledTransition member in transition.Members)
        {
            if (!IsActive(member.From))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsActive(int location) => _mode.Mode.Locations[_compiled.Modes.RegionOf[location]] == location;

    // Where a transition leads and whether it leaves any mode.
    private (int To, bool Leaves) TargetOf(CompiledTransition transition)
    {
        if (_regions is null)
        {
            int to = transition.From == transition.To ? _modeNumber : transition.To;
            return (to, to != _modeNumber || transition.Source.External);
        }

        (int mode, bool leaves) = _regions.Plan(transition, _mode);
        if (!leaves)
        {
            return (mode, false);
        }

        Visit(mode);
        if (!_leftProbed)
        {
            ProbeLeft(_mode, _leftData);
        }

        _regions.Save(_mode, _modes[mode], _guards, _leftValues, _lastValues, _leftRates, _warned, _staticSides, _staticWarned);
        return (mode, true);
    }

    // A mode that is entered for the first time needs room.
    private void Visit(int number)
    {
        ModeRuntime mode = _modes[number];
        int known = _search!.SetCount;
        _search.Admit(mode.Guards);
        if (_search.SetCount == known)
        {
            return;
        }

        _visited.Add(number);
        _monitors?.Admit(mode.MonitorGuards);
        VisitAlgebraic(number);
        Grow(ref _guards, mode.Watched.Length);
        Grow(ref _leftValues, mode.Watched.Length);
        Grow(ref _lastValues, mode.Watched.Length);
        Grow(ref _leftRates, mode.Watched.Length);
        Grow(ref _probes, mode.Watched.Length);
        Grow(ref _before, mode.Watched.Length);
        Grow(ref _warned, mode.Watched.Length);
        Grow(ref _staticSides, mode.Static.Length);
        Grow(ref _staticWarned, mode.Static.Length);
        Grow(ref _memories, number + 1);
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            Array.Resize(ref array, length);
        }
    }

    private void LeaveRegions()
    {
        _due.RemoveAll(due => due.Kind switch
        {
            DueKind.Timer => !_compiled.Transitions[due.Index].Timer!.Survives && Leaves(_compiled.Transitions[due.Index]),
            DueKind.Branch => Array.IndexOf(_mode.Mode.Branches, due.Index) < 0,
            DueKind.Zeno => true,
            _ => due.IsTransition && Leaves(_compiled.Labels.At(due.Index)),
        });
        foreach (CompiledTransition transition in _compiled.Transitions)
        {
            if (transition.Timer is not null && Leaves(transition))
            {
                CancelTimer(transition);
            }
        }

        _executedAtThisInstant.RemoveAll(number => number == _compiled.Transitions.Length || Leaves(_compiled.Labels.At(number)));
    }

    private bool Leaves(CompiledTransition transition) => transition.Members is null
        ? _regions!.Enters(transition.From)
        : Array.Exists(transition.Members, member => _regions!.Enters(member.From));

    // The locations that a transition moves, joined as the names of modes are.
    private string LocationsOf(int mode, CompiledTransition transition) =>
        _regions is null ? _compiled.Automaton.Modes[mode].Name : JoinedLocationsOf(mode, transition);

    private string JoinedLocationsOf(int mode, CompiledTransition transition)
    {
        int[] locations = _compiled.Modes.LocationsOf(mode);
        string NameOf(CompiledTransition member) =>
            _compiled.Automaton.Modes[locations[_compiled.Modes.RegionOf[member.From]]].Name;
        return transition.Members is null
            ? NameOf(transition)
            : string.Join(ModeTable.Separator, transition.Members.Select(NameOf));
    }

    // The modes visited so far, as the locations they are made of: their numbers are those of this process.
    private Dictionary<int, int>? ExchangeModes(StateArchive archive)
    {
        if (_regions is null)
        {
            return null;
        }

        var numbers = new Dictionary<int, int>();
        int count = archive.Exchange(_visited.Count);
        for (int i = 0; i < count; i++)
        {
            int number = archive.Exchange(archive.IsReading ? 0 : _visited[i]);
            int[] locations = archive.IsReading ? new int[_compiled.Modes.RegionCount] : _compiled.Modes.LocationsOf(number);
            archive.Exchange(locations.AsSpan());
            if (locations.Where((location, region) => (uint)location >= (uint)_compiled.Modes.RegionOf.Length ||
                _compiled.Modes.RegionOf[location] != region).Any())
            {
                throw StateArchive.Damage("locations that the model does not have");
            }

            numbers[number] = archive.IsReading ? _compiled.Modes.NumberOf(locations) : number;
            if (archive.IsReading)
            {
                Visit(numbers[number]);
            }
        }

        return numbers;
    }

    // Of several regions, only the modes that were visited have learned anything.
    private void ExchangeMemories(StateArchive archive)
    {
        if (_regions is null)
        {
            archive.ExchangeLength(_memories.Length);
            foreach (ref StepMemory memory in _memories.AsSpan())
            {
                memory.Exchange(archive);
            }

            return;
        }

        foreach (int number in _visited)
        {
            _memories[number].Exchange(archive);
        }
    }

    // Values of one snapshot: all are computed before any is written.
    private ReadOnlySpan<double> ResetValuesOf(CompiledTransition transition)
    {
        if (transition.Members is null)
        {
            return OwnResetValuesOf(transition);
        }

        Grow(ref _joined, transition.Targets.Length);
        int count = 0;
        foreach (CompiledTransition member in transition.Members)
        {
            ReadOnlySpan<double> values = OwnResetValuesOf(member);
            values.CopyTo(_joined.AsSpan(count));
            count += values.Length;
        }

        return _joined.AsSpan(0, count);
    }

    private double PriorityOf(CompiledTransition transition)
    {
        if (transition.Members is null)
        {
            return transition.HasPriority ? EvaluateProgram(transition.Priority)[0].Value : 0.0;
        }

        double highest = double.NegativeInfinity;
        foreach (CompiledTransition member in transition.Members)
        {
            highest = Math.Max(highest, PriorityOf(member));
        }

        return highest;
    }
}
