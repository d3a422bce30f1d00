using System.Numerics;
using HybridControl.Diagnostics;
using HybridControl.Neural.Sequences.Mixers;

namespace HybridControl.Neural.Explanation;

public sealed partial class ModalModel
{
    /// <summary>The transfer function at <c>s = i omega</c>: p by m, row-major.</summary>
    /// <param name="omega">Angular frequency in rad/s.</param>
    /// <exception cref="ModelException">An undamped mode has just this frequency.</exception>
    /// <remarks>Closed form: the sum over modes of <c>c b / (s - a)</c> and of its conjugate twin, plus D.</remarks>
    public Complex[] FrequencyResponse(double omega)
    {
        var response = new Complex[Outputs * Inputs];
        AddDirect(response);
        var s = new Complex(0.0, omega);
        for (int mode = 0; mode < Modes; mode++)
        {
            Complex distance = s - Poles[mode];
            Complex twin = s - Complex.Conjugate(Poles[mode]);
            if (distance == Complex.Zero || twin == Complex.Zero)
            {
                throw new ModelException(
                    FormattableString.Invariant($"mode {mode}"),
                    FormattableString.Invariant($"it has no damping, and its response at {omega} rad/s is infinite"),
                    "Ask for another frequency.");
            }

            for (int o = 0; o < Outputs; o++)
            {
                for (int i = 0; i < Inputs; i++)
                {
                    Complex residue = C[(o * Modes) + mode] * B[(mode * Inputs) + i];
                    response[(o * Inputs) + i] += (residue / distance) + (Complex.Conjugate(residue) / twin);
                }
            }
        }

        return response;
    }

    /// <summary>The answer to a unit step of each input at time zero: p by m, row-major.</summary>
    /// <param name="time">Seconds after the step, not negative.</param>
    public double[] StepResponse(double time) => Response(time, (pole, t) => t * ModeStep.Phi(pole * t), withDirect: true);

    /// <summary>The answer to a unit impulse of each input at time zero, without the impulse itself that D passes on: p by m, row-major, in 1/s.</summary>
    /// <param name="time">Seconds after the impulse, not negative.</param>
    public double[] ImpulseResponse(double time) => Response(time, (pole, t) => Complex.Exp(pole * t), withDirect: false);

    /// <summary>The gain for inputs at rest, <c>-2 Re(C B / a) + D</c>: p by m, row-major.</summary>
    /// <exception cref="ModelException">A pole is zero.</exception>
    public double[] StaticGain() => [.. FrequencyResponse(0.0).Select(gain => gain.Real)];

    private double[] Response(double time, Func<Complex, double, Complex> ofMode, bool withDirect)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(time);
        double[] response = withDirect ? [.. D] : new double[Outputs * Inputs];
        for (int mode = 0; mode < Modes; mode++)
        {
            Complex factor = 2.0 * ofMode(Poles[mode], time);
            for (int o = 0; o < Outputs; o++)
            {
                Complex seen = C[(o * Modes) + mode] * factor;
                for (int i = 0; i < Inputs; i++)
                {
                    response[(o * Inputs) + i] += (seen * B[(mode * Inputs) + i]).Real;
                }
            }
        }

        return response;
    }

    private void AddDirect(Span<Complex> response)
    {
        for (int i = 0; i < response.Length; i++)
        {
            response[i] += D[i];
        }
    }
}
