using System.Collections.Immutable;

namespace HybridControl.Serialization;

/// <summary>Collects the rows of a table.</summary>
internal sealed class TrajectoryTableBuilder
{
    private readonly ImmutableArray<string> _variables;
    private readonly List<double> _times = [];
    private readonly List<int> _jumps = [];
    private readonly List<string> _modes = [];
    private readonly List<double> _values = [];
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    public TrajectoryTableBuilder(ImmutableArray<string> variables) => _variables = variables;

    /// <summary>Why a row cannot come next; null if it can.</summary>
    public string? FaultOf(double time, int jump)
    {
        if (double.IsNaN(time))
        {
            return "the time is NaN";
        }

        if (_times.Count > 0 && (time < _times[^1] || jump < _jumps[^1]))
        {
            return FormattableString.Invariant($"(t, j) = ({time}, {jump}) comes after ({_times[^1]}, {_jumps[^1]})");
        }

        return null;
    }

    public void Add(double time, int jump, string mode, ReadOnlySpan<double> values)
    {
        // Files name the mode in every row; one copy of the name is enough.
        if (!_names.TryGetValue(mode, out string? name))
        {
            _names.Add(mode, name = mode);
        }

        _times.Add(time);
        _jumps.Add(jump);
        _modes.Add(name);
        _values.AddRange(values);
    }

    public TrajectoryTable ToTable() => new(_variables, [.. _times], [.. _jumps], [.. _modes], [.. _values]);
}
