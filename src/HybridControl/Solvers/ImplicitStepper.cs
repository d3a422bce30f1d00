namespace HybridControl.Solvers;

/// <summary>What Rosenbrock and ESDIRK methods share: one trial step after the other, until an error is small enough.</summary>
/// <remarks>Work is one block of n numbers each: the states at the end, the slopes at the start, the stages, the slopes at the end.</remarks>
internal abstract class ImplicitStepper : OneStepStepper
{
    private readonly int _stages;

    /// <summary>Makes the work space.</summary>
    /// <param name="settings">Tolerances and limits.</param>
    /// <param name="order">Order of the error estimate plus one.</param>
    /// <param name="stages">Stages.</param>
    /// <param name="dimension">The number n of states.</param>
    /// <param name="data">The data block.</param>
    protected ImplicitStepper(StepSettings settings, int order, int stages, int dimension, double[] data)
        : base(settings, StepControl.Default, order, dimension, (stages + 3) * dimension, (stages + 2) * dimension, data) => _stages = stages;

    /// <summary>The stages, n numbers each.</summary>
    protected Span<double> Stages => Work.AsSpan(2 * N, _stages * N);

    /// <summary>What stood in the way of the last trial step that had no error to compare.</summary>
    protected StepStatus Obstacle { get; set; }

    /// <inheritdoc/>
    protected override int Terms => 1;

    /// <inheritdoc/>
    public override StepStatus Step(double limit)
    {
        BeginIfFresh(limit);
        while (true)
        {
            double size = Clip(limit, out bool clipped);
            double end = clipped ? limit : Time + size;
            double error = Try(size, end) * ErrorScale;
            if (error <= 1.0 && Complete(end))
            {
                Pend(size, end, clipped, Smooth(Growth(error)));
                return StepStatus.Accepted;
            }

            if (!Shorten(size, error))
            {
                return IsMeasured(error) ? StepStatus.TooSmall : Obstacle;
            }
        }
    }

    /// <summary>Takes a trial step: writes the states at the end and the stages.</summary>
    /// <returns>Mean square of the scaled error; not finite where there is none, with the reason in <see cref="Obstacle"/>.</returns>
    protected abstract double Try(double size, double end);

    /// <summary>Completes a trial step whose error is small enough: writes the slopes at the end.</summary>
    /// <returns>False if they are not finite.</returns>
    protected abstract bool Complete(double end);

    /// <summary>The factor from one step size to the next that a method makes of the one that the error allows.</summary>
    protected virtual double Smooth(double factor) => factor;

    /// <inheritdoc/>
    protected override double Squares(ReadOnlySpan<double> values) => MeanSquare(values, States);

    /// <summary>Mean square of some numbers, each over its tolerance.</summary>
    protected double MeanSquare(ReadOnlySpan<double> errors, ReadOnlySpan<double> end)
    {
        ReadOnlySpan<double> states = States;
        double sum = 0.0;
        for (int i = 0; i < errors.Length; i++)
        {
            double scale = Settings.Absolute + (Settings.Relative * Math.Max(Math.Abs(states[i]), Math.Abs(end[i])));
            double ratio = errors[i] / scale;
            sum = Math.FusedMultiplyAdd(ratio, ratio, sum);
        }

        return errors.Length == 0 ? 0.0 : sum / errors.Length;
    }
}
