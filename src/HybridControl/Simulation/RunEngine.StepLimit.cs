using HybridControl.Solvers;

namespace HybridControl.Simulation;

/// <content>The most steps of a run: what used them up.</content>
internal sealed partial class RunEngine
{
    private const int MostStepsPerEvent = 10;

    private void FailStepLimit()
    {
        (int culprit, int events) = MostFrequent();
        string limit = FormattableString.Invariant($"the limit of {_options.MaxSteps} steps is reached");
        if (events * MostStepsPerEvent < _stepper.Steps || events == 0)
        {
            bool adapts = _options.Solver is AdaptiveSolver;
            int worst = adapts ? _stepper.WorstState : -1;
            string state = worst >= 0 && worst < _compiled.VisibleStates ? $" (largest error: state '{_compiled.Automaton.States[worst].Name}')" : "";
            Fail(RunStatus.StepLimit, limit + FormattableString.Invariant($", the last one of {_stepper.Size:G3} s") + state + ClosestGuard(),
                adapts
                    ? "Raise MaxSteps, loosen the tolerances, or shorten the run. Where a flow switches in its code or grows steep, declare its switches with select or modes."
                    : "Raise MaxSteps, give a longer step, or shorten the run.");
            return;
        }

        int transitions = _compiled.Transitions.Length;
        string what = culprit < transitions
            ? $"transition '{_compiled.Automaton.Transitions[culprit].Name}' was taken"
            : $"the choice '{_compiled.Branches[culprit - transitions].Name}' switched";
        Fail(RunStatus.StepLimit, FormattableString.Invariant($"{limit}, and {events} times {what}: the run comes back to its surface again and again"),
            "Give the switch hysteresis or a delay, as the device has. Where it should stay on the surface, declare sliding, or use ChatteringPolicy.Slide. " +
                "Else raise MaxSteps, or shorten the run.");
    }

    // The transition, or the choice with its number behind them, that most events were of, and how many.
    private (int Number, int Events) MostFrequent()
    {
        (int number, int events) = (-1, 0);
        for (int i = 0; i < _zeno.Length; i++)
        {
            (number, events) = _zeno[i].Count > events ? (i, _zeno[i].Count) : (number, events);
        }

        return (number, events);
    }
}
