using System.Runtime.InteropServices;
using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Solvers;

namespace HybridControl.Simulation;

/// <content>Sensitivities: what an instant does to the derivatives that ride along as states. Not reached without them.</content>
internal sealed partial class RunEngine
{
    private readonly SensitivityTracker? _sensitivities;

    /// <summary>The states that decide where the run goes.</summary>
    private Span<double> MovingStates => _stepper.States[.._compiled.MovingStates];

    /// <summary>The length of the last step: the time in which the flow changes little.</summary>
    public double LastSize => _lastSize > 0.0 ? _lastSize : 1e-6;

    /// <summary>Writes the rates of all states, hidden ones included, at a point of the active mode.</summary>
    public void WriteRates(double time, Span<double> states, Span<double> rates)
    {
        _mode.Mode.Ode.Derivatives(
            time, ref MemoryMarshal.GetReference(states), ref _data[0], ref MemoryMarshal.GetReference(rates));
        _algebraic?[_modeNumber]?.Complete(time, states, _data, rates[.._n]);
    }

    /// <summary>Lets derivatives of algebraic variables follow those of the states, at a time that moves at given rates.</summary>
    public void Follow(Span<double> states, ReadOnlySpan<double> moves) =>
        _algebraic?[_modeNumber]?.Follow(_time, states, _data, moves);

    // Within an instant total derivatives count; those at a fixed time are set where it ends.
    private void FollowAlgebraic(AlgebraicWork work)
    {
        if (_settling)
        {
            _sensitivities!.Follow(this);
        }
        else
        {
            work.Follow(_time, _stepper.States, _data, []);
        }
    }

    private Due TakeValues(Due due, CompiledTransition transition) => due with
    {
        Values = ResetValuesOf(transition).ToArray(),
        Rates = _sensitivities?.EarlyResets(this, transition),
    };

    private string HiddenName(int state) => _compiled.Sensitivities is not { } model || state < model.States
        ? "the integral of a rate"
        : $"the sensitivity of '{_compiled.Model.States[model.BaseOf(state)].Name}' to '{model.Names[(state / model.States) - 1]}'";

    private void FailSensitivity(StepStatus step, int state)
    {
        if (step == StepStatus.NotFinite)
        {
            Fail(RunStatus.NotFinite, $"the rate of {HiddenName(state)} is NaN or infinite",
                "The flow has no derivative there: keep roots and divisions off their ends, or leave the mode before.");
        }
        else
        {
            Fail(RunStatus.StepTooSmall,
                $"the step size fell below the resolution of time (largest error: {HiddenName(state)})",
                "The derivative of the flow grows without bound, or rounding hides it at this tolerance: leave the mode before, loosen the tolerance, or run without this sensitivity.");
        }
    }
}
