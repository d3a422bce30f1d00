using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Neural.Explanation;

/// <summary>A continuous linear system with real states: <c>x' = A x + B u</c>, <c>y = C x + D u</c>.</summary>
/// <param name="Order">States, n.</param>
/// <param name="Inputs">Inputs, m.</param>
/// <param name="Outputs">Outputs, p.</param>
/// <param name="A">n by n, row-major, in 1/s.</param>
/// <param name="B">n by m, row-major.</param>
/// <param name="C">p by n, row-major.</param>
/// <param name="D">p by m, row-major.</param>
public sealed record LinearModel(
    int Order, int Inputs, int Outputs, ImmutableArray<double> A, ImmutableArray<double> B, ImmutableArray<double> C, ImmutableArray<double> D)
{
    /// <summary>The transfer function at <c>s = i omega</c>: p by m, row-major.</summary>
    /// <param name="omega">Angular frequency in rad/s.</param>
    /// <exception cref="ModelException">i omega is a pole.</exception>
    /// <remarks>Solves <c>(i omega - A) X = B</c> as a real system of twice the size.</remarks>
    public Complex[] FrequencyResponse(double omega)
    {
        int n = Order;
        int size = 2 * n;
        var matrix = new double[size * size];
        var x = new double[size * Inputs];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double entry = -A[(i * n) + j];
                matrix[(i * size) + j] = entry;
                matrix[((n + i) * size) + n + j] = entry;
            }

            matrix[(i * size) + n + i] = -omega;
            matrix[((n + i) * size) + i] = omega;
        }

        B.CopyTo(x);
        if (!GaussianElimination.Solve(matrix, x, size, Inputs, out _))
        {
            throw new ModelException("LinearModel", FormattableString.Invariant($"the response at {omega} rad/s is infinite"), "Ask for another frequency.");
        }

        var response = new Complex[Outputs * Inputs];
        for (int o = 0; o < Outputs; o++)
        {
            for (int i = 0; i < Inputs; i++)
            {
                Complex sum = D[(o * Inputs) + i];
                for (int j = 0; j < n; j++)
                {
                    sum += C[(o * n) + j] * new Complex(x[(j * Inputs) + i], x[((n + j) * Inputs) + i]);
                }

                response[(o * Inputs) + i] = sum;
            }
        }

        return response;
    }
}
