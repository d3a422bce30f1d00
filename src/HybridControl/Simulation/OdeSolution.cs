using System.Collections.Immutable;
using HybridControl.Dynamics;

namespace HybridControl.Simulation;

/// <summary>The solution of an <see cref="OdeProblem"/>: states as continuous functions of time, and roots.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class OdeSolution
{
    private readonly Trajectory _run;
    private readonly double _sign;

    internal OdeSolution(OdeProblem problem, Trajectory run, bool backward)
    {
        Problem = problem;
        _run = run;
        _sign = backward ? -1.0 : 1.0;
        Roots =
        [
            .. run.Log.Where(record => record.Kind == LogKind.Monitor).Select(record => new OdeRoot(
                _sign * record.Time,
                record.Name,
                (record.Detail == "up") == backward ? RootDirection.Down : RootDirection.Up)),
        ];
    }

    /// <summary>What was solved.</summary>
    public OdeProblem Problem { get; }

    /// <summary>How the solution ended.</summary>
    public RunStatus Status => _run.Status;

    /// <summary>Why it ended, in words; empty where the end was reached.</summary>
    public string Reason => _run.Reason;

    /// <summary>What it cost.</summary>
    public RunStatistics Statistics => _run.Statistics;

    /// <summary>Time of the initial values.</summary>
    public double StartTime => _sign * _run.StartTime;

    /// <summary>Time reached; before the start where the problem was solved backward.</summary>
    public double EndTime => _sign * _run.EndTime;

    /// <summary>The roots in the order in which the solution met them; at one instant, in the order of the watches.</summary>
    public ImmutableArray<OdeRoot> Roots { get; }

    /// <summary>The value of a state.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is outside the solution.</exception>
    public double Value(string state, double time) => _run.Value(state, _sign * time);

    /// <summary>The derivatives of the solution with respect to one of the names that it was asked for.</summary>
    /// <exception cref="Diagnostics.ModelException">It was not asked for it.</exception>
    public OdeSensitivity Sensitivity(string name) => new(this, _run, _sign, name);

    /// <summary>All states, in the order of the problem.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is outside the solution.</exception>
    public ImmutableArray<double> At(double time) => _run.At(_sign * time).States;
}
