using System.Runtime.InteropServices;

namespace HybridControl.Solvers;

/// <summary>How far the dense output of an implicit step is from the solution, where the flow is stiff.</summary>
/// <remarks>
/// <para>An error estimate that is bounded for stiff components is so because it is divided by how stiff they are. What such a component
/// follows, another state or time, may move between the ends of a step without a trace in it. The defect d = f(t, u) - M u' of the dense
/// output u at a time inside the step knows.</para>
/// <para>e = (rate M - J)^-1 d is what u lacks in a stiff component, and the defect over the rate in another one, which the error
/// estimate looks after: e - (rate M - J)^-1 rate M e is all of the first and little of the second. The second solution is asked for only
/// where e is more than the error that is known. One right-hand side and one or two solutions with factors that are there.</para>
/// <para>Leading states count, not the sensitivities that follow them: these are sums of large terms, whose rounding is above tight tolerances.</para>
/// </remarks>
/// <param name="dimension">The number n of states.</param>
/// <param name="data">The data block.</param>
internal sealed class DenseDefect(int dimension, double[] data)
{
    private const double MostRounding = 16.0; // of a residual, in the squares: it is a sum

    private readonly double[] _point = new double[dimension + 1]; // one more, so that a reference exists for systems without states
    private readonly double[] _slopes = new double[dimension];
    private readonly double[] _error = new double[dimension + 1];
    private readonly double[] _rates = new double[dimension];

    /// <summary>Dense output at the place: n states, written before <see cref="Measure"/>.</summary>
    public Span<double> Point => _point.AsSpan(0, dimension);

    /// <summary>Its derivative by time: n slopes, written before <see cref="Measure"/>.</summary>
    public Span<double> Slopes => _slopes;

    /// <summary>Measures it: the mean square of what is lacking, under weights, or what is known if that is more.</summary>
    /// <param name="time">Time at the place, in seconds.</param>
    /// <param name="flow">J, M and the factors of rate M - J.</param>
    /// <param name="rate">The rate.</param>
    /// <param name="weights">1 / tolerance of each state.</param>
    /// <param name="known">The mean square of the error that is known.</param>
    /// <param name="start">f at the start: what that lacks of meeting an algebraic equation is not of this step, and does not fall with it.</param>
    /// <param name="share">What dense output keeps of it at the place.</param>
    public double Measure(
        double time, LinearizedFlow flow, double rate, ReadOnlySpan<double> weights, double known, ReadOnlySpan<double> start, double share)
    {
        Span<double> error = _error.AsSpan(0, dimension);
        flow.Derivatives(time, ref _point[0], data, ref _error[0]);
        error.CopyTo(_rates);
        flow.AddMass(-1.0, _slopes, error);
        flow.AddResiduals(-share, start, error);
        flow.Solve(error);
        int leading = flow.Leading;
        if (ErrorWeights.MeanSquare(error[..leading], weights[..leading]) <= known)
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

        return Math.Max(known, ErrorWeights.MeanSquare(error[..leading], weights[..leading]));
    }

    /// <summary>Whether what was measured cannot be told from the rounding of f there: for algebraic variables a shorter step has the same.</summary>
    /// <param name="lack">The mean square that was measured.</param>
    /// <param name="time">Time at the place, in seconds.</param>
    /// <param name="flow">J, M and the factors.</param>
    /// <param name="weights">1 / tolerance of each state.</param>
    /// <param name="evaluations">Evaluations of the right-hand side that this took.</param>
    public bool IsRounding(double lack, double time, LinearizedFlow flow, ReadOnlySpan<double> weights, out long evaluations)
    {
        evaluations = 0;
        if (!flow.HasMass)
        {
            return false;
        }

        ReadOnlySpan<double> squares = flow.RoundingAt(time, Point, _rates, data, ref evaluations);
        double sum = 0.0;
        for (int i = 0; i < flow.Leading; i++)
        {
            sum += squares[i] * weights[i] * weights[i];
        }

        return lack * flow.Leading <= MostRounding * sum;
    }
}
