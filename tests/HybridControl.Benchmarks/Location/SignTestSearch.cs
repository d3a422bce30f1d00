using HybridControl.Simulation;
using HybridControl.Solvers;

namespace HybridControl.Benchmarks.Location;

/// <summary>What most simulators do: compare the sign of a guard at the two ends of a step, and refine where it changed.</summary>
/// <remarks>
/// The comparator, the latch after jumps and the refinement are those of <see cref="EventSearch"/>. Dense output is fetched
/// only for a step with a change. Pairs of crossings inside a step are missed: that is what it saves.
/// </remarks>
internal sealed class SignTestSearch(int stateCount, int dataCount, IReadOnlyList<GuardSet> sets)
    : EventSearch(stateCount, dataCount, sets)
{
    private Stepper _stepper = null!;
    private bool _isWritten;

    public override void BeginStep(Stepper stepper)
    {
        _stepper = stepper;
        _isWritten = false;
        BeginStep(stepper.Time, stepper.Size, stepper.StepDegree);
    }

    protected override bool TryDismiss(int guard, ref GuardState state, EventDirections wanted)
    {
        double g = ValueOf(guard, _stepper.EndTime, _stepper.EndStates);
        if (state.Side < 0 ? g < 0.0 : g >= 0.0)
        {
            state.Settle();
            return true;
        }

        if (!_isWritten)
        {
            _isWritten = true;
            WriteDense(_stepper);
        }

        return false;
    }

    protected override void SearchUpTo(double end)
    {
        if (!FeedAt(0.0, PieceProof.None))
        {
            FeedAt(end, PieceProof.None);
        }
    }
}
