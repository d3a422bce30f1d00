using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Solvers;

namespace HybridControl.Simulation;

/// <content>Algebraic variables: consistent with the states at every instant, before guards are looked at (semantics 13).</content>
internal sealed partial class RunEngine
{
    private const int MostChoices = 32;
    private const int MostRelocations = 6;
    private const double LargestShift = 0.1;

    private AlgebraicWork?[]? _algebraic;

    // One work space for each mode that is known; none for an ordinary model.
    private void StartAlgebraic()
    {
        if (!_compiled.Model.IsImplicit)
        {
            return;
        }

        _algebraic = [];
        for (int number = 0; _regions is null && number < _compiled.Modes.Count; number++)
        {
            VisitAlgebraic(number);
        }

        VisitAlgebraic(_modeNumber);
    }

    private void VisitAlgebraic(int number)
    {
        if (_algebraic is not null)
        {
            Grow(ref _algebraic, number + 1);
            _algebraic[number] ??= _modes[number].Algebraic is { } system ? new AlgebraicWork(system) : null;
        }
    }

    private double AlgebraicFloor => _options.Solver is AdaptiveSolver adaptive ? adaptive.AbsoluteTolerance : 1e-9;

    // The algebraic variables for the states and the choices as they stand. False if the run cannot go on.
    private bool SolveAlgebraic()
    {
        if (_algebraic?[_modeNumber] is not { } work)
        {
            return true;
        }

        bool solved = work.Solve(_time, _stepper.States, _data, AlgebraicFloor) == AlgebraicOutcome.Solved;
        ShareRadii();
        if (solved && _sensitivities is not null)
        {
            FollowAlgebraic(work);
        }

        return solved;
    }

    // A guard that reads algebraic variables is known as well as they are.
    private void ShareRadii()
    {
        if (_search is not null)
        {
            _search.Radii = _algebraic?[_modeNumber]?.Radii;
        }
    }

    private void ExchangeAlgebraic(StateArchive archive)
    {
        archive.Exchange(ref _orientation);
        for (int i = 0; _algebraic is not null && i < (_regions is null ? _algebraic.Length : _visited.Count); i++)
        {
            if (_algebraic[_regions is null ? i : _visited[i]] is { } work)
            {
                archive.Exchange(work.Radii);
            }
        }

        ShareRadii();
    }

    // The same, with the choices of the equations decided anew where a mode is entered: they read what follows from them.
    private bool SolveAlgebraicAndChoices()
    {
        if (_algebraic?[_modeNumber] is not { } work)
        {
            return true;
        }

        for (int round = 0; round < MostChoices; round++)
        {
            if (!SolveAlgebraic())
            {
                return false;
            }

            _data.CopyTo(_scratchData, 0);
            RefreshBranches(_mode.Mode, _stepper.States, _data);
            if (_data.AsSpan().SequenceEqual(_scratchData))
            {
                return true;
            }
        }

        work.Disagree();
        return false;
    }

    private bool BecomeConsistent(bool entered)
    {
        bool isConsistent = entered ? SolveAlgebraicAndChoices() : SolveAlgebraic();
        return CanGoOn(isConsistent, isFirst: false, entered);
    }

    private void FailAlgebraic()
    {
        AlgebraicWork work = _algebraic![_modeNumber]!;
        string name = work.WorstEquation < 0 ? "" : _compiled.Model.States[work.WorstEquation].Name;
        AlgebraicEquation? equation = _mode.Mode.Source.Equations.FirstOrDefault(candidate => candidate.Variable == name);
        string residual = FormattableString.Invariant($"the equation of '{name}', {equation}, has the residual {work.WorstResidual:G6}");
        switch (work.Outcome)
        {
            case AlgebraicOutcome.NotFinite:
                Fail(RunStatus.InconsistentState, $"no consistent state: {residual} where the search for it begins",
                    "Start the algebraic variables where all equations have a value, or write the equation so that it has one everywhere.");
                break;
            case AlgebraicOutcome.Singular:
                Fail(RunStatus.InconsistentState, $"no consistent state: the equations do not determine their variables where the search has come to; {residual}",
                    "Start the algebraic variables elsewhere, or give them a value in the reset; equations that are singular everywhere have an index above 1.");
                break;
            default:
                Fail(RunStatus.InconsistentState, work.WorstEquation < 0
                        ? "no consistent state: the choices in the algebraic equations and their solutions exclude each other"
                        : $"no consistent state: {residual} at the smallest that the search has found",
                    "Start the algebraic variables closer to a solution, give them a value in the reset, or look whether the equations have one there.");
                break;
        }
    }

    // Left limits are consistent too: dense output meets the equations to the accuracy of the solver only.
    private void ProjectLeftLimit()
    {
        if (_algebraic is not null)
        {
            SolveAlgebraic();
        }
    }

    // The derivatives of all states, where f is not they.
    private void CompleteSlopes(ref double states, ref double data, ref double slopes)
    {
        if (_algebraic?[_modeNumber] is { } work)
        {
            ReadOnlySpan<double> point = System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(ref states, _n);
            work.Complete(_time, point, System.Runtime.CompilerServices.Unsafe.AreSame(ref data, ref _data[0]) ? _data : _leftData,
                System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref slopes, _n));
        }
    }

    // Whether a jump has moved the states; algebraic variables follow them and count for nothing.
    private bool HasMoved(ReadOnlySpan<double> before)
    {
        int n = MovingStates.Length;
        if (_algebraic is null)
        {
            return !MovingStates.SequenceEqual(before[..n]);
        }

        for (int i = 0; i < n; i++)
        {
            if (before[i] != _stepper.States[i] && !_compiled.Model.States[i].IsAlgebraic)
            {
                return true;
            }
        }

        return false;
    }

    // Choices and algebraic variables read each other: both stand still when neither changes any more.
    private bool SettleChoices(bool entered)
    {
        for (int round = 0; _algebraic is not null && _mode.Mode.Branches.Length > 0 && round < MostChoices; round++)
        {
            _data.CopyTo(_scratchData, 0);
            if (!SolveAlgebraic())
            {
                FailAlgebraic();
                return false;
            }

            BindPoint();
            if (!ClassifyBranches(entered))
            {
                return false;
            }

            if (_data.AsSpan().SequenceEqual(_scratchData))
            {
                return true;
            }
        }

        return true;
    }

    // Dense output meets the equations to the accuracy of the solver only: a guard that was located on it is located
    // once more with algebraic variables that are consistent, so that it is on its surface when the instant begins, and not before it:
    // the mode to come may have the opposite guard.
    private double Relocate(SearchOutcome outcome, double time)
    {
        if (_algebraic?[_modeNumber] is not { } work || outcome.Status != SearchStatus.Event)
        {
            return time;
        }

        _search!.Bind(_mode.Guards, Data);
        double theta = (time - _stepper.Time) / _stepper.Size;
        for (int round = 0; round < MostRelocations; round++)
        {
            Span<double> point = _point.AsSpan(0, _n);
            if (work.Solve(time, point, _data, AlgebraicFloor) != AlgebraicOutcome.Solved)
            {
                return time;
            }

            _mode.Mode.Ode.Derivatives(time, ref _point[0], ref _data[0], ref _slopes[0]);
            work.Complete(time, point, _data, _slopes.AsSpan(0, _n));
            GuardProbe probe = _search.Probe(outcome.Guard, time, point, _slopes.AsSpan(0, _n));
            double beyond = Math.Sign(probe.Rate) * probe.Value;
            double shift = (probe.Error - beyond) / (Math.Abs(probe.Rate) * _stepper.Size);
            bool isThere = beyond >= 0.0 && beyond <= (Math.Abs(probe.Rate) * 0.5 * _tau) + probe.Error;
            if (isThere || !(Math.Abs(shift) <= LargestShift))
            {
                return time;
            }

            theta = Math.Clamp(theta + shift, 0.0, 1.0);
            time = theta == 1.0 ? _stepper.EndTime : _stepper.Time + (theta * _stepper.Size);
            WritePoint(theta);
        }

        return time;
    }
}
