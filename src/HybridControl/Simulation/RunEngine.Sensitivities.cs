using HybridControl.Automata;
using HybridControl.Solvers;

namespace HybridControl.Simulation;

/// <content>Sensitivities: what an instant does to the derivatives that ride along as states. Not reached without them.</content>
internal sealed partial class RunEngine
{
    private readonly SensitivityTracker? _sensitivities;

    /// <summary>The states that decide where the run goes.</summary>
    private Span<double> MovingStates => _stepper.States[.._compiled.MovingStates];

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
                "The derivative of the flow grows without bound: leave the mode before, or run without this sensitivity.");
        }
    }
}
