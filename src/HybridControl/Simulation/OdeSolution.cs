using System.Collections.Immutable;
using HybridControl.Dynamics;
using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Simulation;

/// <summary>The solution of an <see cref="OdeProblem"/>: states as continuous functions of time, and roots.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class OdeSolution
{
    private readonly double _sign;

    internal OdeSolution(OdeProblem problem, Trajectory run, bool backward, LogRecord? end)
    {
        Problem = problem;
        Run = run;
        _sign = backward ? -1.0 : 1.0;
        EndTime = _sign * (end?.Time ?? run.EndTime);
        Status = end is null ? run.Status : RunStatus.Completed;
        Reason = OdeProblemModel.InTermsOf(run.Reason, EndTime);
        Roots =
        [
            .. run.Log.Where(record => record.Kind == LogKind.Monitor && !(record.Time > end?.Time)).Select(record => new OdeRoot(
                _sign * record.Time,
                record.Name,
                (record.Detail == "up") == backward ? RootDirection.Down : RootDirection.Up)),
        ];
        Ending = end is null ? null : Roots.First(root => root.Time == EndTime && root.Name == end.Name);
    }

    /// <summary>What was solved.</summary>
    public OdeProblem Problem { get; }

    /// <summary>How the solution ended: completed at its end time, or at a root of a terminal watch.</summary>
    public RunStatus Status { get; }

    /// <summary>Why it ended, in words; empty where the end time was reached.</summary>
    public string Reason { get; }

    /// <summary>What it cost.</summary>
    public RunStatistics Statistics => Run.Statistics;

    /// <summary>Time of the initial values.</summary>
    public double StartTime => _sign * Run.StartTime;

    /// <summary>Time reached; before the start where the problem was solved backward.</summary>
    public double EndTime { get; }

    /// <summary>The roots in the order in which the solution met them; at one instant, in the order of the watches.</summary>
    public ImmutableArray<OdeRoot> Roots { get; }

    /// <summary>The root of a terminal watch that ended the solution; null if none did.</summary>
    public OdeRoot? Ending { get; }

    /// <summary>The run, in its own time.</summary>
    internal Trajectory Run { get; }

    /// <summary>The value of a state.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is outside the solution.</exception>
    public double Value(string state, double time) => Run.Value(state, RunTime(time));

    /// <summary>The derivatives of the solution with respect to one of the names that it was asked for.</summary>
    /// <exception cref="Diagnostics.ModelException">It was not asked for it.</exception>
    public OdeSensitivity Sensitivity(string name) => new(this, Run, _sign, name);

    /// <summary>All states, then the algebraic variables, in the order of the problem.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is outside the solution.</exception>
    public ImmutableArray<double> At(double time) => Run.At(RunTime(time)).States;

    /// <summary>All states at several times.</summary>
    /// <param name="times">At least one time, in any order.</param>
    /// <returns>One row for each time, one column for each state and algebraic variable.</returns>
    /// <exception cref="ArgumentException">There are no times.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A time is outside the solution.</exception>
    public Matrix<double> Sample(IReadOnlyCollection<double> times)
    {
        ArgumentNullException.ThrowIfNull(times);
        return times.Count > 0
            ? Matrix<double>.Build.DenseOfRows(times.Select(time => At(time).AsEnumerable()))
            : throw new ArgumentException("There are no times: a matrix has at least one row.", nameof(times));
    }

    /// <summary>A time within the solution in the time of <see cref="Run"/>, whose last step may go on behind a terminal root.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is outside the solution.</exception>
    internal double RunTime(double time)
    {
        double own = _sign * time;
        return own >= Run.StartTime && own <= _sign * EndTime ? own : throw new ArgumentOutOfRangeException(
            nameof(time), time, FormattableString.Invariant($"The solution covers {StartTime} to {EndTime} s."));
    }
}
