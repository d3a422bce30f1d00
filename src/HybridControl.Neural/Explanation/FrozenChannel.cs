namespace HybridControl.Neural.Explanation;

/// <summary>A channel of a selective layer at one operating point, as a linear system; it holds for inputs that keep the layer's choice there.</summary>
/// <param name="Token">The token that made the choice.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Model">The system: one input, one output, a real mode for each state.</param>
/// <param name="Step">Step size at the token.</param>
/// <param name="LeastStep">Least step size of the channel over the sequence.</param>
/// <param name="GreatestStep">Greatest step size of the channel over the sequence.</param>
public sealed record FrozenChannel(int Token, int Channel, ModalModel Model, double Step, double LeastStep, double GreatestStep)
{
    /// <summary>Between which values, in 1/s, the pole of a state moved over the sequence: the pole here times the range of steps over the step here.</summary>
    public (double Lowest, double Highest) PoleRangeOf(int state)
    {
        double perStep = Step == 0.0 ? 0.0 : Model.Poles[state].Real / Step;
        return (Math.Min(perStep * LeastStep, perStep * GreatestStep), Math.Max(perStep * LeastStep, perStep * GreatestStep));
    }
}
