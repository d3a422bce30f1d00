using HybridControl.Solvers;

namespace HybridControl.Simulation;

/// <content>Copies, for snapshots: everything that decides the future, bit for bit.</content>
internal sealed partial class RunEngine
{
    private RunEngine(RunEngine other)
        : this(other._compiled, other._options, other._commands, other._blocks, other._record.Clone())
    {
        other._data.CopyTo(_data, 0);
        _stepper.CopyFrom(other._stepper);
        other._guards.CopyTo(_guards, 0);
        other._timers.CopyTo(_timers, 0);
        other._updateClocks.CopyTo(_updateClocks, 0);
        other._blockClocks.CopyTo(_blockClocks, 0);
        other._breakpointIndex.CopyTo(_breakpointIndex, 0);
        other._held.CopyTo(_held, 0);
        other._leftValues.CopyTo(_leftValues, 0);
        other._staticSides.CopyTo(_staticSides, 0);
        other._warned.CopyTo(_warned, 0);
        for (int i = 0; i < _zeno.Length; i++)
        {
            _zeno[i] = other._zeno[i].Clone();
        }

        for (int i = 0; i < _blockStates.Length; i++)
        {
            other._blockStates[i].CopyTo(_blockStates[i], 0);
        }

        _modeNumber = other._modeNumber;
        _mode = _modes[_modeNumber];
        _time = other._time;
        _jumpIndex = other._jumpIndex;
        _tau = other._tau;
        _lastSize = other._lastSize;
        _smoothSince = other._smoothSince;
        other._stepSizes.CopyTo(_stepSizes, 0);
        _keepsDense = other._keepsDense;
        _nextCommand = other._nextCommand;
        _nextTimeEvent = other._nextTimeEvent;
        (_status, _isError, _reason) = (other._status, other._isError, other._reason);
        ZenoTime = other.ZenoTime;
        other._flips.CopyTo(_flips, 0);
        (_lastHandover, _lastHandoverTime, _handovers) = (other._lastHandover, other._lastHandoverTime, other._handovers);
        (_restUntil, _lastZenoJump, _zenoJumps) = (other._restUntil, other._lastZenoJump, other._zenoJumps);
        foreach (ModeRuntime mode in _modes)
        {
            _search?.CopyStatistics(mode.Guards, other._search!);
        }

        _search?.Bind(_mode.Guards, Data);
        _monitors?.CopyFrom(other._monitors!, _modes, Here());
    }

    /// <summary>Whether both are states of one run: the same model, blocks and options.</summary>
    public bool IsOfSameRun(RunEngine other) =>
        ReferenceEquals(_compiled, other._compiled) && ReferenceEquals(_options, other._options);

    /// <summary>A run in the same state that shares nothing mutable with this one.</summary>
    public RunEngine Clone() => new(this);
}
