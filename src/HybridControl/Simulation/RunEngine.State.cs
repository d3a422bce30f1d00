using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <content>The state of a run between steps, described once: copies and files hold it bit for bit.</content>
/// <remarks>
/// Whatever decides the future of a run belongs here. What is not here is set anew before it is read: at the start of a step or
/// of an instant, or from what is here. A test compares every field of a copy.
/// </remarks>
internal sealed partial class RunEngine
{
    /// <summary>Puts the state of the run into an archive, or takes it from there; the run must be between steps.</summary>
    /// <exception cref="InvalidDataException">The archive holds no state of this model and these options.</exception>
    public void Exchange(StateArchive archive)
    {
        IReadOnlyDictionary<int, int>? numbers = ExchangeModes(archive);
        archive.Exchange(ref _modeNumber);
        _modeNumber = Translate(_modeNumber, numbers);
        if (archive.IsReading)
        {
            _mode = _modes[_modeNumber];
            _stepper.Use(_mode.Code);
        }

        archive.Exchange(_data);
        _stepper.Exchange(archive);
        ExchangePlace(archive);
        ExchangeGuards(archive);
        ExchangeClocks(archive);
        _rejections.Exchange(archive);
        _search?.Exchange(archive);
        _monitors?.Exchange(archive);
        ExchangeAlgebraic(archive);
        _sensitivities?.Exchange(archive);
        _record.Exchange(archive);
        if (archive.IsReading)
        {
            _record.RenumberModes(mode => Translate(mode, numbers));
        }
    }

    /// <summary>A run of the same model, blocks and options that has no state yet and shares nothing mutable with this one.</summary>
    public RunEngine CreateTwin() => new(_compiled, _options, _commands, _blocks) { Scenario = Scenario };

    /// <summary>The state as it is, which must be between steps.</summary>
    public RunSnapshot TakeSnapshot(bool shares) => new(this, Scenario!, _options, shares);

    /// <summary>A run in the same state that shares nothing mutable with this one.</summary>
    public RunEngine Clone()
    {
        var archive = StateArchive.Writer(shares: true);
        Exchange(archive);
        RunEngine copy = CreateTwin();
        copy.Exchange(archive.ToReader());
        return copy;
    }

    private int Translate(int number, IReadOnlyDictionary<int, int>? numbers)
    {
        if (numbers is null)
        {
            return (uint)number < (uint)_compiled.Modes.Count
                ? number
                : throw StateArchive.Damage($"mode number {number} of {_compiled.Modes.Count}");
        }

        return numbers.TryGetValue(number, out int here) ? here : throw StateArchive.Damage($"mode number {number}, which was not visited");
    }

    private void ExchangePlace(StateArchive archive)
    {
        archive.Exchange(ref _time);
        archive.Exchange(ref _jumpIndex);
        archive.Exchange(ref _tau);
        archive.Exchange(ref _lastSize);
        archive.Exchange(ref _smoothSince);
        ExchangeMemories(archive);
        archive.Exchange(ref _keepsDense);
        archive.Exchange(ref _status);
        archive.Exchange(ref _isError);
        archive.Exchange(ref _reason);
        ZenoTime = archive.Exchange(ZenoTime);
    }

    private void ExchangeGuards(StateArchive archive)
    {
        GuardState.Exchange(archive, _guards);
        archive.Exchange(_leftValues);
        archive.Exchange(_lastValues);
        archive.Exchange(_leftRates);
        archive.Exchange(_staticSides);
        archive.Exchange(_warned);
        archive.Exchange(_staticWarned);
        archive.ExchangeLength(_zeno.Length);
        foreach (ref ZenoDetector zeno in _zeno.AsSpan())
        {
            zeno.Exchange(archive);
        }

        Flip.Exchange(archive, _flips);
        archive.Exchange(ref _lastHandover);
        archive.Exchange(ref _lastHandoverTime);
        archive.Exchange(ref _lastHandoverStep);
        archive.Exchange(ref _handovers);
        archive.Exchange(ref _restUntil);
        archive.Exchange(ref _lastZenoJump);
        archive.Exchange(ref _zenoJumps);
        archive.Exchange(ref _passedSurfaceAt);
        if (_lastHandover < -1 || _lastHandover >= _compiled.Transitions.Length)
        {
            throw StateArchive.Damage($"transition number {_lastHandover} of {_compiled.Transitions.Length}");
        }
    }

    private void ExchangeClocks(StateArchive archive)
    {
        archive.Exchange(_timers);
        SampleClock.Exchange(archive, _updateClocks);
        SampleClock.Exchange(archive, _blockClocks);
        SampleClock.Exchange(archive, _guardClocks);
        archive.ExchangeLength(_drawCounts.Length);
        foreach (ref long count in _drawCounts.AsSpan())
        {
            archive.Exchange(ref count);
        }

        archive.ExchangeLength(_blockStates.Length);
        foreach (double[] block in _blockStates)
        {
            archive.Exchange(block);
        }

        archive.Exchange(_breakpointIndex);
        archive.Exchange(_held);
        archive.Exchange(ref _nextCommand);
        archive.Exchange(ref _nextTimeEvent);
        if (_nextCommand < 0 || Array.Exists(_drawCounts, count => count < 0) || Array.Exists(_breakpointIndex, index => index < 0))
        {
            throw StateArchive.Damage("a negative place in a list of times");
        }
    }
}
