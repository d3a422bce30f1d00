using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Solvers;

namespace HybridControl.Simulation;

/// <content>The index of algebraic equations: 1 where a mode is entered, and 1 along the flow, or the run ends there.</content>
internal sealed partial class RunEngine
{
    private const int LargestRankCheck = 300;
    private const double Ahead = 1e-5;

    private int _orientation; // the sign of det dg/dz where the next step starts; 0 where it is not known

    // A mode goes on where the equations determine their variables, and the mass matrix its derivatives; else the run ends.
    private bool CanGoOn(bool isConsistent, bool isFirst)
    {
        if (_algebraic?[_modeNumber] is not { } work)
        {
            return true;
        }

        bool asks = isConsistent
            ? isFirst || !work.Index.IsClear(_time, _stepper.States, _data)
            : work.Outcome == AlgebraicOutcome.Singular;
        if (asks && DependentRow(work) is { } fault)
        {
            Fail(RunStatus.SingularSystem, fault.What, fault.Mend);
        }
        else if (!isConsistent)
        {
            FailAlgebraic();
        }

        return _status == RunStatus.Completed;
    }

    private (string What, string Mend)? DependentRow(AlgebraicWork work)
    {
        int row = _mode.Algebraic!.Coupled.Length <= LargestRankCheck ? work.Index.DependentMass(_data) : -1;
        if (row >= 0)
        {
            bool isZero = Array.BinarySearch(_mode.Algebraic.Coupled, row) < 0;
            return ($"the mass matrix is singular: the row of '{NameOf(row)}' {(isZero ? "is zero" : "follows from the others")}",
                "Look for the parameter or discrete variable that takes the mass away; what has no mass is an algebraic variable in a mode of its own.");
        }

        int[] variables = _mode.Algebraic.Variables;
        int equation = variables.Length <= LargestRankCheck ? work.Index.DependentEquation(_time, _stepper.States, _data) : -1;
        return equation < 0 ? null : (
            $"the algebraic equations do not determine their variables here: that of '{NameOf(variables[equation])}' follows from the others, " +
                "as far as they contain algebraic variables (the index is above 1)",
            "Look for a state that is bound by an equation, and differentiate that equation by time; or for a parameter that makes two equations one.");
    }

    // Hidden rows are regular where those that they belong to are.
    private string NameOf(int row) => _compiled.Model.States[row % _compiled.MovingStates].Name;

    // Whether the equations determine their variables all along the step that was taken, up to its first event. If
    // not, several solutions meet there, or none goes on: no rule says how, and the run ends.
    private bool KeepsIndex(SearchOutcome outcome)
    {
        if (_algebraic?[_modeNumber] is not { Index.Moves: true } work)
        {
            return true;
        }

        if (_orientation == 0)
        {
            _orientation = work.Index.Orientation(_stepper.Time, _stepper.States, _data);
        }

        double end = outcome.Status == SearchStatus.Clear ? 1.0 : outcome.Theta;
        int there = OrientationAt(work, end);
        if (there == 0 || _orientation == 0 || there == _orientation)
        {
            _orientation = there == 0 ? _orientation : there;
            return true;
        }

        (double low, double high) = (0.0, end);
        for (double middle = 0.5 * end; low < middle && middle < high; middle = 0.5 * (low + high))
        {
            (low, high) = OrientationAt(work, middle) == _orientation ? (middle, high) : (low, middle);
        }

        double time = _stepper.Time + (high * _stepper.Size);
        WritePoint(high);
        string what = Weakest(work, time, _point);
        _stepper.MoveTo(time, _point.AsSpan(0, _n));
        _time = time;
        FailIndex(what);
        return false;
    }

    private int OrientationAt(AlgebraicWork work, double theta)
    {
        if (theta == 1.0)
        {
            return work.Index.Orientation(_stepper.EndTime, _stepper.EndStates, _data);
        }

        WritePoint(theta);
        return work.Index.Orientation(_stepper.Time + (theta * _stepper.Size), _point.AsSpan(0, _n), _data);
    }

    // Where no step leads on: whether the tangent meets, within what no step resolves, a point at which dg/dz is singular.
    private string? SingularAhead()
    {
        if (_algebraic?[_modeNumber] is not { } work || _mode.Algebraic!.Variables.Length == 0)
        {
            return null;
        }

        int here = work.Index.Orientation(_time, _stepper.States, _data);
        double[] rates = new double[_n + 1];
        double[] point = [.. _stepper.States[.._n], 0.0];
        if (here == 0 && !work.Index.IsClear(_time, _stepper.States, _data))
        {
            return Weakest(work, _time, point);
        }

        WriteRates(_time, _stepper.States, rates);
        double reach = Ahead * Math.Max(Math.Abs(_time), LastSize);
        for (double size = 1e-10 * reach; here != 0 && size > 0.0 && size <= reach; size *= 2.0)
        {
            if (OrientationAhead(size) == -here)
            {
                (double low, double high) = (0.0, size);
                for (double middle = 0.5 * size; low < middle && middle < high; middle = 0.5 * (low + high))
                {
                    (low, high) = OrientationAhead(middle) == here ? (middle, high) : (low, middle);
                }

                return Weakest(work, _time + high, point);
            }
        }

        return null;

        int OrientationAhead(double size)
        {
            for (int i = 0; i < _n; i++)
            {
                point[i] = _stepper.States[i] + (size * rates[i]);
            }

            return work.Index.Orientation(_time + size, point.AsSpan(0, _n), _data);
        }
    }

    // The first equation that has no value along the tangent of the differential states: soon, where the step failed for another reason.
    private AlgebraicEquation? NotFiniteAhead(StepStatus step)
    {
        if (_algebraic?[_modeNumber] is null)
        {
            return null;
        }

        double[] rates = new double[_n + 1];
        double[] point = new double[_n + 1];
        double[] values = new double[_n + 1];
        WriteRates(_time, _stepper.States, rates);
        double reach = (step == StepStatus.NotFinite ? 1.0 : Ahead) * Math.Max(Math.Abs(_time), _lastSize);
        for (double size = 0.0; size <= reach; size = Math.Max(2.0 * size, 1e-10 * Ahead * reach))
        {
            for (int i = 0; i < _n; i++)
            {
                point[i] = _stepper.States[i] + (_mode.Algebraic!.Mass.IsDifferential(i) ? size * rates[i] : 0.0);
            }

            _mode.Mode.Ode.Derivatives(_time + size, ref point[0], ref _data[0], ref values[0]);
            if (_mode.Algebraic!.Variables.Where(row => !double.IsFinite(values[row])).Select(NameOf).FirstOrDefault() is { } name)
            {
                return _mode.Mode.Source.Equations.First(candidate => candidate.Variable == name);
            }

            if (reach < 1e-280)
            {
                break; // a part of it would be zero
            }
        }

        return null;
    }

    private string Weakest(AlgebraicWork work, double time, double[] point)
    {
        int[] variables = _mode.Algebraic!.Variables;
        (int row, int column) = work.Index.Weakest(time, point.AsSpan(0, _n), _data);
        string name = NameOf(variables[row]);
        AlgebraicEquation equation = _mode.Mode.Source.Equations.First(candidate => candidate.Variable == name);
        return $"the algebraic equations cease to determine their variables: that of '{name}', {equation}, leaves '{NameOf(variables[column])}' open here, " +
            "so that several solutions meet or none goes on";
    }

    private void FailIndex(string what) => Fail(RunStatus.SingularSystem, what,
        "Leave the mode before by a guard; or write equations that determine their variables there too.");
}
