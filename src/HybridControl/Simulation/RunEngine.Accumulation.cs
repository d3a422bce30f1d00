using HybridControl.Automata;

namespace HybridControl.Simulation;

/// <content>Events that accumulate (semantics 8): what happens then, and the jump at the predicted time.</content>
internal sealed partial class RunEngine
{
    private const int MostZenoJumps = 100;

    private readonly ZenoDetector[] _zeno;
    private readonly ZenoPolicy _zenoPolicy;
    private readonly CompiledTransition? _zenoJump;
    private double _restUntil = double.PositiveInfinity;
    private double _lastZenoJump = double.NegativeInfinity;
    private int _zenoJumps;

    /// <summary>The accumulation time that was predicted last; NaN if none was.</summary>
    public double ZenoTime { get; private set; } = double.NaN;

    private void WatchJump(CompiledTransition transition, bool moved)
    {
        if (_status != RunStatus.Completed || WatchHandover(transition, moved))
        {
            return;
        }

        ref ZenoDetector zeno = ref _zeno[(transition.Members?[0] ?? transition).Number];
        bool accumulates = zeno.Add(_time, _tau, out double limit);
        if (accumulates && zeno.IsBurst && !moved && transition.From != transition.To)
        {
            ReportChattering(
                $"the modes of the cycle {LastJumps(4)} hand over to each other without end, and no reset moves the state",
                "Declare the four modes around two surfaces as sliding, or use ChatteringPolicy.Slide.");
        }
        else if (accumulates)
        {
            ReportZeno(transition.Source.Name, ref zeno, limit);
        }
    }

    private void ReportZeno(string name, ref ZenoDetector zeno, double limit)
    {
        ZenoTime = limit;
        switch (_zenoPolicy.Action)
        {
            case ZenoAction.GoTo:
                _restUntil = Math.Max(limit, _time);
                break;
            case ZenoAction.Continue when !zeno.HasWarned:
                zeno.Warn();
                _record.Log.Add(new(_time, _jumpIndex, LogKind.Warning, name, DescribeZeno(name, zeno, limit)));
                break;
            case ZenoAction.Continue when !zeno.IsSpent:
                break;
            case ZenoAction.Continue:
                EndAsZeno($"{DescribeZeno(name, zeno, limit)}; the run went on as asked, and they did not cease", isError: true);
                break;
            default:
                EndAsZeno(DescribeZeno(name, zeno, limit), _zenoPolicy.Action == ZenoAction.Throw);
                break;
        }
    }

    private static string DescribeZeno(string name, in ZenoDetector zeno, double limit) => FormattableString.Invariant(
        $"events of '{name}' accumulate ({zeno.Count} so far, ratio of intervals {zeno.Ratio:G6}); predicted limit t = {limit:R} s");

    private void EndAsZeno(string what, bool isError)
    {
        _status = RunStatus.Zeno;
        _isError = isError;
        _reason = $"{Place()}: {what}. Add a mode for what comes after the limit, such as rest, or use ZenoPolicy.Stop.";
    }

    // From the event that showed the accumulation to its predicted end no more events are executed one by one.
    private void Rest(double horizon)
    {
        _time = horizon;
        if (IsNear(_nextTimeEvent, _time))
        {
            SettleInstant(_time, arrived: false);
        }
        else
        {
            _record.EndPiece(_time, _stepper.States);
            _stepper.Restart(_time, keepSize: true);
        }
    }

    private void ExecuteZeno(in Due due)
    {
        _zenoJumps = _time - _lastZenoJump <= ZenoDetector.Window(_time) ? _zenoJumps + 1 : 0;
        _lastZenoJump = _time;
        if (_zenoJumps >= MostZenoJumps)
        {
            EndAsZeno($"{MostZenoJumps} jumps to '{_zenoPolicy.Mode}' for accumulating events follow each other at once", isError: true);
            return;
        }

        Array.Clear(_zeno);
        ExecuteTransition(_zenoJump! with { From = _mode.Mode.Locations[_compiled.Modes.RegionOf[_zenoJump.To]] }, due);
    }
}
