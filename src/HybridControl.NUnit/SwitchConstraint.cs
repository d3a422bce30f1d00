using HybridControl.Simulation;

namespace HybridControl.NUnit;

/// <summary>A run switches to a mode: at least once, or a number of times, within some time.</summary>
public sealed class SwitchConstraint : RunConstraint
{
    private const int MostListed = 5;

    private readonly string _mode;
    private double _from = double.NegativeInfinity;
    private double _to = double.PositiveInfinity;
    private int? _times;

    internal SwitchConstraint(string mode) => _mode = mode;

    /// <inheritdoc/>
    public override string Description => $"a run that switches to '{_mode}'{Count}{Interval}";

    private string Count => _times is { } times ? FormattableString.Invariant($" {times} times") : "";

    private string Interval => (double.IsFinite(_from), double.IsFinite(_to)) switch
    {
        (true, true) => FormattableString.Invariant($" between {_from} s and {_to} s"),
        (true, false) => FormattableString.Invariant($" after {_from} s"),
        (false, true) => FormattableString.Invariant($" before {_to} s"),
        _ => "",
    };

    /// <summary>At a time of the run up to <paramref name="seconds"/>.</summary>
    public SwitchConstraint Before(double seconds)
    {
        _to = seconds;
        return this;
    }

    /// <summary>At a time of the run from <paramref name="seconds"/> on.</summary>
    public SwitchConstraint After(double seconds)
    {
        _from = seconds;
        return this;
    }

    /// <summary>At a time of the run between two.</summary>
    public SwitchConstraint Between(double from, double to) => After(from).Before(to);

    /// <summary>As many times, and no more.</summary>
    public SwitchConstraint Times(int count)
    {
        _times = count;
        return this;
    }

    /// <inheritdoc/>
    protected override string? FaultOf(Trajectory run)
    {
        ArgumentNullException.ThrowIfNull(run);
        _ = run.Model.Mode(_mode);
        Jump[] all = [.. run.Jumps.Where(jump => jump.To == _mode)];
        int within = all.Count(jump => jump.Time >= _from && jump.Time <= _to);
        if (_times is { } times ? within == times : within > 0)
        {
            return null;
        }

        string when = all.Length == 0 ? "never" : string.Join(", ", all.Take(MostListed).Select(jump =>
            FormattableString.Invariant($"at t = {jump.Time:G9} s from '{jump.From}' by '{jump.Transition}'"))) + (all.Length > MostListed ? ", ..." : "");
        double end = Math.Min(_to, run.EndTime);
        return FormattableString.Invariant(
            $"it switched to '{_mode}' {when}; it was in mode '{run.At(end).Mode}' at t = {end:G9} s{(run.EndTime < _to && double.IsFinite(_to) ? ", where it ended" : "")}");
    }
}
