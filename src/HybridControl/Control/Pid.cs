using HybridControl.Diagnostics;
using HybridControl.Dynamics;

namespace HybridControl.Control;

/// <summary>Sampled proportional-integral-derivative controller with limits.</summary>
/// <remarks>
/// u = Kp e + I + D with e = Setpoint - y; I grows by Ki e Period at each tick and is held while the output is at a limit
/// and e would push it further (conditional integration); D acts on the measurement, through a first-order filter:
/// D+ = (Tf D - Kd (y - y-)) / (Tf + Period). K. J. Astrom and R. M. Murray, Feedback Systems (2008), section 10.5.
/// State: integral, filtered derivative, last measurement, whether there was one.
/// </remarks>
public sealed record Pid : ISampledBlock
{
    /// <inheritdoc/>
    public required double Period { get; init; }

    /// <summary>Proportional gain.</summary>
    public double Kp { get; init; }

    /// <summary>Integral gain, per second.</summary>
    public double Ki { get; init; }

    /// <summary>Derivative gain, in seconds.</summary>
    public double Kd { get; init; }

    /// <summary>Time constant of the derivative filter, in seconds.</summary>
    public double FilterTime { get; init; }

    /// <summary>The value that the measurement should reach.</summary>
    public double Setpoint { get; init; }

    /// <summary>Smallest output.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <summary>Largest output.</summary>
    public double Maximum { get; init; } = double.PositiveInfinity;

    /// <summary>The integral at the start.</summary>
    public double InitialIntegral { get; init; }

    /// <inheritdoc/>
    public int InputCount => 1;

    /// <inheritdoc/>
    public int OutputCount => 1;

    /// <inheritdoc/>
    public int StateCount => 4;

    /// <inheritdoc/>
    /// <exception cref="ModelException">A gain is not finite, the filter time is negative, or the limits are the wrong way round.</exception>
    public void Initialize(Span<double> state)
    {
        if (!double.IsFinite(Kp) || !double.IsFinite(Ki) || !double.IsFinite(Kd) || !(FilterTime >= 0.0) || !(Minimum <= Maximum))
        {
            throw new ModelException(
                "Pid",
                FormattableString.Invariant($"gains {Kp}, {Ki}, {Kd}, filter time {FilterTime} s, limits {Minimum} to {Maximum}"),
                "Give finite gains, a filter time that is not negative, and a minimum below the maximum.");
        }

        state.Clear();
        state[0] = InitialIntegral;
    }

    /// <inheritdoc/>
    public void Update(double time, ReadOnlySpan<double> inputs, Span<double> state, Span<double> outputs)
    {
        double measured = inputs[0];
        double error = Setpoint - measured;
        double last = state[3] == 0.0 ? measured : state[2];
        double derivative = ((FilterTime * state[1]) - (Kd * (measured - last))) / (FilterTime + Period);
        double free = (Kp * error) + state[0] + derivative;
        double output = Math.Clamp(free, Minimum, Maximum);
        bool pushing = (free > Maximum && Ki * error > 0.0) || (free < Minimum && Ki * error < 0.0);
        state[0] += pushing ? 0.0 : Ki * error * Period;
        state[1] = derivative;
        state[2] = measured;
        state[3] = 1.0;
        outputs[0] = output;
    }
}
