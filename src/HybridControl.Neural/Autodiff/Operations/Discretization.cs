using System.Numerics;

namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>Discrete factors and gains of diagonal continuous modes: rows re, im of lambda and steps to rows re, im of both.</summary>
internal sealed class Discretization<TRule> : Operation
    where TRule : IHoldRule
{
    public static readonly Discretization<TRule> Instance = new();

    public override string Name => TRule.Name;

    public override void Forward(in OperationFrame frame)
    {
        int n = frame.Shape.Columns;
        ReadOnlySpan<double> lambda = frame.Input(0);
        ReadOnlySpan<double> step = frame.Input(1);
        Span<double> value = frame.Value;
        for (int i = 0; i < n; i++)
        {
            Complex z = step[i] * new Complex(lambda[i], lambda[n + i]);
            Complex factor = TRule.Factor(z).Value;
            Complex gain = step[i] * TRule.Gain(z).Value;
            (value[i], value[n + i], value[(2 * n) + i], value[(3 * n) + i]) = (factor.Real, factor.Imaginary, gain.Real, gain.Imaginary);
        }
    }

    // The adjoint of z is the sum over results of conj(derivative) times their adjoint; z = lambda step passes it on.
    public override void Backward(in OperationFrame frame)
    {
        int n = frame.Shape.Columns;
        ReadOnlySpan<double> lambda = frame.Input(0);
        ReadOnlySpan<double> step = frame.Input(1);
        ReadOnlySpan<double> adjoint = frame.Adjoint;
        for (int i = 0; i < n; i++)
        {
            var rate = new Complex(lambda[i], lambda[n + i]);
            var ofFactor = new Complex(adjoint[i], adjoint[n + i]);
            var ofGain = new Complex(adjoint[(2 * n) + i], adjoint[(3 * n) + i]);
            Complex slope = TRule.Factor(step[i] * rate).Slope;
            (Complex gain, Complex slopeOfGain) = TRule.Gain(step[i] * rate);
            Complex ofZ = (Complex.Conjugate(slope) * ofFactor) + (step[i] * Complex.Conjugate(slopeOfGain) * ofGain);
            if (frame.Wants(0))
            {
                Span<double> target = frame.InputAdjoint(0);
                target[i] += step[i] * ofZ.Real;
                target[n + i] += step[i] * ofZ.Imaginary;
            }

            if (frame.Wants(1))
            {
                frame.InputAdjoint(1)[i] += (Complex.Conjugate(rate) * ofZ).Real + (Complex.Conjugate(gain) * ofGain).Real;
            }
        }
    }
}
