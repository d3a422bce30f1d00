using HybridControl.Neural.Autodiff;
using HybridControl.Numerics;

namespace HybridControl.Neural.Tests.TestKit;

/// <summary>The law of every derivative on the tape: it equals extrapolated central differences.</summary>
internal static class Gradients
{
    /// <summary>Entries between two bounds, a function of the seed and the index alone.</summary>
    public static double[] Random(int length, ulong seed, double lower = -1.0, double upper = 1.0)
    {
        var values = new double[length];
        for (int i = 0; i < length; i++)
        {
            values[i] = lower + ((upper - lower) * Philox4x32.Uniform(seed, 0, 99, i));
        }

        return values;
    }

    /// <summary>Largest error of a gradient, relative to 1 or to the gradient where that is larger.</summary>
    /// <param name="function">Records a value from inputs; its entries are weighted at random into one number.</param>
    /// <param name="shapes">Extents of the inputs.</param>
    /// <param name="seed">Seed of the inputs and weights.</param>
    /// <param name="lower">Smallest entry of an input.</param>
    /// <param name="upper">Largest entry of an input.</param>
    public static double LargestError(
        Func<Tape, Variable[], Variable> function, Shape[] shapes, ulong seed, double lower = -1.0, double upper = 1.0)
    {
        double[][] inputs = [.. shapes.Select((shape, i) => Random(shape.Length, seed + (ulong)(1000 * i), lower, upper))];
        var tape = new Tape();
        double[][] gradients = null!;
        double Loss(bool backward)
        {
            tape.Reset();
            Variable[] variables =
                [.. shapes.Select((shape, i) => tape.Input(inputs[i], shape.Batch, shape.Rows, shape.Columns))];
            Variable value = function(tape, variables);
            Variable weights = tape.Constant(
                Random(value.Shape.Length, seed + 77), value.Shape.Batch, value.Shape.Rows, value.Shape.Columns);
            Variable loss = tape.Total(tape.Multiply(value, weights));
            if (backward)
            {
                tape.Backward(loss);
                gradients = [.. variables.Select(variable => tape.Gradient(variable).ToArray())];
            }

            return tape.Value(loss)[0];
        }

        Loss(backward: true);
        double largest = 0.0;
        for (int i = 0; i < inputs.Length; i++)
        {
            for (int k = 0; k < inputs[i].Length; k++)
            {
                double at = inputs[i][k];
                double Difference(double h)
                {
                    inputs[i][k] = at + h;
                    double above = Loss(backward: false);
                    inputs[i][k] = at - h;
                    double below = Loss(backward: false);
                    inputs[i][k] = at;
                    return (above - below) / (2.0 * h);
                }

                // Richardson: the error falls with the fourth power of the step.
                const double h = 1e-3;
                double expected = ((4.0 * Difference(h / 2.0)) - Difference(h)) / 3.0;
                double error = Math.Abs(gradients[i][k] - expected) / Math.Max(1.0, Math.Abs(expected));
                largest = double.IsNaN(error) ? double.PositiveInfinity : Math.Max(largest, error);
            }
        }

        return largest;
    }
}
