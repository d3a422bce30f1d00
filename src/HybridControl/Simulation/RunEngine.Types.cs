using HybridControl.Automata;

namespace HybridControl.Simulation;

/// <content>Values that typed discrete variables cannot have end a run before they are written.</content>
internal sealed partial class RunEngine
{
    /// <summary>Whether what a jump or an update is about to write fits the variables; else the run ends.</summary>
    /// <param name="targets">States, or discrete variables as complements of their slots.</param>
    /// <param name="values">One value for each.</param>
    /// <param name="what">What writes: transition, sampled update.</param>
    /// <param name="name">Its name.</param>
    private bool FitTypes(ReadOnlySpan<int> targets, ReadOnlySpan<double> values, string what, string name)
    {
        if (_compiled.Typed.Length == 0)
        {
            return true;
        }

        for (int i = 0; i < targets.Length; i++)
        {
            if (targets[i] < 0 && !FitsType(~targets[i], values[i], what, name))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether one value fits the discrete variable of a slot; else the run ends.</summary>
    private bool FitsType(int slot, double value, string what, string name)
    {
        foreach ((int number, DiscreteVariable variable) in _compiled.Typed)
        {
            if (_compiled.FirstDiscrete + number == slot && TypedValues.FaultOf(variable, value) is { } fault)
            {
                Fail(RunStatus.ValueRefused, $"the {what} '{name}' gave {fault.What}", fault.Mend);
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes what rounding left behind from the typed variables, after they were written.</summary>
    private void RoundTypes()
    {
        foreach ((int number, DiscreteVariable variable) in _compiled.Typed)
        {
            ref double value = ref _data[_compiled.FirstDiscrete + number];
            value = TypedValues.Fitted(variable.Type, value);
        }
    }

    /// <summary>The initial values, which a run may take from parameters of its own.</summary>
    private bool FitInitialTypes()
    {
        foreach ((int number, DiscreteVariable variable) in _compiled.Typed)
        {
            if (!FitsType(_compiled.FirstDiscrete + number, _data[_compiled.FirstDiscrete + number], "initial value of", variable.Name))
            {
                return false;
            }
        }

        RoundTypes();
        return true;
    }
}
