using HybridControl.Automata;

namespace HybridControl.Simulation;

/// <content>States that do not exist in every mode: zero and at rest while they are absent.</content>
internal sealed partial class RunEngine
{
    /// <summary>
    /// Gives states that a transition brings into being their values, so that guards of the new mode have a value before
    /// the jump. Returns the values of the transition, which reading them again would draw anew.
    /// </summary>
    private ReadOnlySpan<double> BringIntoBeing(CompiledTransition transition, int to, ReadOnlySpan<double> values)
    {
        if (_compiled.ModeStates is not { } own || to == _modeNumber)
        {
            return values;
        }

        double[] kept = values.ToArray();
        for (int i = 0; i < kept.Length; i++)
        {
            int target = transition.Targets[i];
            if (target >= 0 && target < _compiled.VisibleStates && own.IsAbsent(_modeNumber, target))
            {
                _stepper.States[target] = kept[i];
            }
        }

        return kept;
    }

    /// <summary>Sets states that are absent in the active mode to zero.</summary>
    private void ClearAbsent()
    {
        for (int i = 0; _compiled.ModeStates is { } own && i < _compiled.VisibleStates; i++)
        {
            if (own.IsAbsent(_modeNumber, i))
            {
                _stepper.States[i] = 0.0;
                _sensitivities?.ForgetState(_stepper.States, i);
            }
        }
    }

    /// <summary>How much the mean over all states understates the error of those that exist.</summary>
    /// <remarks>Sensitivities, however many, leave the weight of the states as it is.</remarks>
    private double ErrorScale => _compiled.ModeStates is { } own
        ? (double)_n / Math.Max(1, MovingStates.Length - own.AbsentIn(_modeNumber))
        : (double)Math.Max(1, _n) / Math.Max(1, MovingStates.Length);

    /// <summary>Whether a setting names a state that the active mode does not have; then the run ends.</summary>
    private bool RefusesAbsent(string name, int state)
    {
        if (_compiled.ModeStates is not { } own || state >= _compiled.VisibleStates || !own.IsAbsent(_modeNumber, state))
        {
            return false;
        }

        Fail(RunStatus.ValueRefused, $"the state '{name}' is set, but does not exist in this mode", "Set it in a mode that has it.");
        return true;
    }
}
