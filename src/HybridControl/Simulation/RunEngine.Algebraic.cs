using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Solvers;

namespace HybridControl.Simulation;

/// <content>Algebraic variables: consistent with the states at every instant, before guards are looked at (semantics 13).</content>
internal sealed partial class RunEngine
{
    private const int MostChoices = 32;
    private const int LargestRankCheck = 300;
    private const int MostRelocations = 6;
    private const double LargestShift = 0.1;

    private readonly AlgebraicWork?[]? _algebraic;

    // One work space for each mode; none for an ordinary model.
    private static AlgebraicWork?[]? StartAlgebraic(CompiledAutomaton compiled, ModeRuntimes modes) => compiled.Model.IsImplicit
        ? [.. Enumerable.Range(0, compiled.Modes.Count).Select(i => modes[i].Algebraic is { } system ? new AlgebraicWork(system) : null)]
        : null;

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
        foreach (AlgebraicWork? work in _algebraic ?? [])
        {
            if (work is not null)
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
        if (!(entered ? SolveAlgebraicAndChoices() : SolveAlgebraic()))
        {
            FailAlgebraic();
            return false;
        }

        if (_algebraic?[_modeNumber] is { } work && _mode.Algebraic!.Coupled.Length <= LargestRankCheck &&
            work.NewlyDependentMass(_data) is >= 0 and int row)
        {
            Fail(RunStatus.SingularSystem, DependentMass(row),
                "Look for the variable or parameter that makes it so: a state without a derivative is an algebraic variable of another mode.");
            return false;
        }

        return true;
    }

    private string DependentMass(int row) =>
        $"the mass matrix is singular: the row of '{_compiled.Model.States[row].Name}' follows from the others";

    // A run begins where the equations determine their variables, and the mass matrix its derivatives; else it ends.
    private bool CanBegin(bool isConsistent)
    {
        if (_algebraic?[_modeNumber] is not { } work)
        {
            return true;
        }

        if ((isConsistent || work.Outcome == AlgebraicOutcome.Singular) && DependentRow(work) is { } what)
        {
            Fail(RunStatus.SingularSystem, what,
                "Look for a state that is bound by an equation, and differentiate that equation by time; or for a parameter that makes two equations one.");
        }
        else if (!isConsistent)
        {
            FailAlgebraic();
        }

        return _status == RunStatus.Completed;
    }

    private string? DependentRow(AlgebraicWork work)
    {
        string[] names = [.. _compiled.Model.States.Select(state => state.Name)];
        int row = _mode.Algebraic!.Coupled.Length <= LargestRankCheck ? work.DependentMass(_data) : -1;
        if (row >= 0)
        {
            return DependentMass(row);
        }

        int[] variables = _mode.Algebraic.Variables;
        int equation = variables.Length <= LargestRankCheck ? work.DependentEquation(_time, _stepper.States, _data) : -1;
        return equation < 0 ? null :
            $"the algebraic equations do not determine their variables here: that of '{names[variables[equation]]}' follows from the others, " +
                "as far as they contain algebraic variables (the index is above 1)";
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
        if (_algebraic is null || before.Length != MovingStates.Length)
        {
            return !MovingStates.SequenceEqual(before); // hidden states, the integrals of rates, are set anew
        }

        for (int i = 0; i < before.Length; i++)
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
    // once more with algebraic variables that are consistent, so that it is on its surface when the instant begins.
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
            double shift = -probe.Value / (probe.Rate * _stepper.Size);
            if (!(Math.Abs(probe.Value) > (Math.Abs(probe.Rate) * 0.5 * _tau) + probe.Error) || !(Math.Abs(shift) <= LargestShift))
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
