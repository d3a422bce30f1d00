using System.Runtime.InteropServices;

namespace HybridControl.Solvers;

/// <summary>How far the dense output of an implicit step is from the solution, where the flow is stiff.</summary>
/// <remarks>
/// <para>An error estimate that is bounded for stiff components is so because it is divided by how stiff they are. What such a component
/// follows, another state or time, may move between the ends of a step without a trace in it. The defect d = f(t, u) - M u' of the dense
/// output u at a time inside the step knows.</para>
/// <para>e = (rate M - J)^-1 d is what u lacks in a stiff component, and the defect over the rate in another one, which the error
/// estimate looks after: e - (rate M - J)^-1 rate M e is all of the first and little of the second. The second solution is asked for only
/// where e itself is too large. One right-hand side and one or two solutions with factors that are there.</para>
/// </remarks>
/// <param name="dimension">The number n of states.</param>
/// <param name="degree">Degree of the dense output.</param>
/// <param name="data">The data block.</param>
internal sealed class DenseDefect(int dimension, int degree, double[] data)
{
    private readonly double[] _dense = new double[degree + 1];
    private readonly double[] _point = new double[dimension + 1]; // one more, so that a reference exists for systems without states
    private readonly double[] _slopes = new double[dimension];
    private readonly double[] _error = new double[dimension + 1];

    /// <summary>What dense output lacks there, after <see cref="Measure"/>: n numbers.</summary>
    public ReadOnlySpan<double> Error => _error.AsSpan(0, dimension);

    /// <summary>Measures it: the mean square of what is lacking, under weights, or what is known if that is more.</summary>
    /// <param name="place">Where in the step, from 0 to 1.</param>
    /// <param name="step">The stepper, with the step pending: its start, size and dense output are read.</param>
    /// <param name="flow">J, M and the factors of rate M - J.</param>
    /// <param name="rate">The rate.</param>
    /// <param name="weights">1 / tolerance of each state.</param>
    /// <param name="known">The mean square of the error that is known.</param>
    public double Measure(double place, Stepper step, LinearizedFlow flow, double rate, ReadOnlySpan<double> weights, double known)
    {
        Span<double> error = _error.AsSpan(0, dimension);
        WritePoint(place, step);
        flow.Derivatives(step.Time + (place * step.Size), ref _point[0], data, ref _error[0]);
        flow.AddMass(-1.0, _slopes, error);
        flow.Solve(error);
        if (ErrorWeights.MeanSquare(error, weights) <= known)
        {
            return known;
        }

        Array.Clear(_slopes);
        flow.AddMass(rate, error, _slopes);
        flow.Solve(_slopes);
        for (int i = 0; i < dimension; i++)
        {
            error[i] -= _slopes[i];
        }

        return Math.Max(known, ErrorWeights.MeanSquare(error, weights));
    }

    private void WritePoint(double place, Stepper step)
    {
        double rate = 1.0 / step.Size;
        for (int i = 0; i < dimension; i++)
        {
            step.WriteDense(i, _dense);
            double value = 0.0;
            double slope = 0.0;
            for (int k = degree; k > 0; k--)
            {
                value = Math.FusedMultiplyAdd(value, place, _dense[k]);
                slope = Math.FusedMultiplyAdd(slope, place, k * _dense[k]);
            }

            _point[i] = Math.FusedMultiplyAdd(value, place, _dense[0]);
            _slopes[i] = rate * slope;
        }
    }
}
