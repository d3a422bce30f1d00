using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>How a system passes from mode to mode, as a multiple-model estimator sees it.</summary>
/// <remarks>
/// <see cref="MarkovChain"/> switches whatever the states are, <see cref="GuardSwitching"/> where they are. A switching may
/// keep work space: one thread at a time, and <see cref="Fork"/> for another.
/// </remarks>
public abstract class ModeSwitching
{
    /// <summary>Creates a switching between <paramref name="modeCount"/> modes.</summary>
    private protected ModeSwitching(int modeCount) => ModeCount = modeCount;

    /// <summary>The number N of modes.</summary>
    public int ModeCount { get; }

    /// <summary>Whether the part of a belief that switches differs from the part that stays.</summary>
    public virtual bool DependsOnState => false;

    /// <summary>Whether two steps are as good as one of their length together, so that a measurement may come in between.</summary>
    public virtual bool CanDivideSteps => false;

    /// <summary>A copy with work space of its own, for another thread; the switching itself if it has none.</summary>
    public virtual ModeSwitching Fork() => this;

    /// <summary>Refuses states that the switching was not made for.</summary>
    /// <exception cref="ModelException">The number of states is another one.</exception>
    internal virtual void CheckStates(int states)
    {
    }

    /// <summary>Divides the belief of one mode among the modes that it goes on in.</summary>
    /// <param name="mode">The mode that the belief is of.</param>
    /// <param name="from">Time of the belief, in seconds.</param>
    /// <param name="to">End of the step, in seconds.</param>
    /// <param name="belief">The belief at the start of the step.</param>
    /// <param name="probabilities">Receives N probabilities that add up to one.</param>
    /// <param name="parts">
    /// N beliefs that receive, if <see cref="DependsOnState"/>, what is believed given that the step goes on in each mode,
    /// after resets; those of probability zero are left as they are.
    /// </param>
    internal abstract void Divide(
        int mode, double from, double to, GaussianBelief belief, Span<double> probabilities, ReadOnlySpan<GaussianBelief> parts);
}
