using System.Runtime.CompilerServices;
using HybridControl.Automata;

namespace HybridControl.Simulation;

/// <content>Those who look on: they see everything and change nothing, except that they may end the run.</content>
internal sealed partial class RunEngine
{
    /// <summary>Looks on between steps and may end the run; null for none. No part of the state: whoever attaches it keeps it.</summary>
    public IRunWatcher? Watcher { get; set; }

    /// <summary>The compiled model, with its monitors.</summary>
    public CompiledAutomaton Compiled => _compiled;

    /// <summary>The record so far.</summary>
    public TrajectoryRecorder Record => _record;

    private bool GoesOn()
    {
        if (Watcher!.ReasonToStop(this) is not { } reason)
        {
            return true;
        }

        _status = RunStatus.Cancelled;
        _reason = reason;
        _record.EndPiece(_time, _stepper.States);
        return false;
    }

    // Of their own and not inlined: a point holds spans, and the runtime clears its place on every call of the method
    // that has one, monitors or not.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SearchMonitors(double end, ref bool dense)
    {
        EnsureDense(ref dense);
        _monitors!.SearchStep(Here(), _stepper, _dense, end, _tau);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ClassifyMonitors() => _monitors!.Classify(Here());

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LogPendingMonitors()
    {
        NoteSlopes();
        _monitors!.LogPending(Here());
    }
}
