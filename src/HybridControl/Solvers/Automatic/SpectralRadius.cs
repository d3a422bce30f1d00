using System.Runtime.InteropServices;
using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>How fast the fastest mode of a flow is: an estimate of the largest eigenvalue of its Jacobian, in 1/s.</summary>
/// <remarks>
/// One step of the power method at a time, on differences of the right-hand side, from the direction that the last one found: while
/// the flow changes slowly the direction converges along the run. B. P. Sommeijer, L. F. Shampine, J. G. Verwer, J. Comput. Appl.
/// Math. 88 (1997), 315-326, estimate it so for stabilised explicit methods.
/// </remarks>
internal sealed class SpectralRadius(int dimension)
{
    private static readonly double Nudge = Math.Sqrt(double.BitIncrement(1.0) - 1.0);

    private const double LeastDecay = 0.9; // cosine of the angle between a direction and what becomes of it

    private readonly double[] _direction = new double[dimension];
    private readonly double[] _point = new double[dimension + 1];
    private readonly double[] _slopes = new double[dimension + 1];
    private bool _known;

    /// <summary>Whether the direction of the last estimate shrinks along itself, as a mode that decays does and one that turns does not.</summary>
    public bool Decays { get; private set; }

    /// <summary>Forgets the direction: another flow begins.</summary>
    public void Forget() => _known = false;

    /// <summary>Estimates at one point, with one right-hand side.</summary>
    /// <param name="function">The flow.</param>
    /// <param name="time">Time in seconds.</param>
    /// <param name="states">The n states.</param>
    /// <param name="slopes">The n rates there.</param>
    /// <param name="data">The data block.</param>
    /// <returns>The estimate, from below; infinity or NaN where the flow is not finite near by; zero for a flow that does not depend on the states.</returns>
    public double Estimate(OdeFunction function, double time, ReadOnlySpan<double> states, ReadOnlySpan<double> slopes, double[] data)
    {
        if (!_known)
        {
            Begin(slopes);
            _known = true;
        }

        double length = Norm(_direction);
        if (length == 0.0)
        {
            Array.Fill(_direction, 1.0);
            length = Math.Sqrt(dimension);
        }

        double size = Norm(states);
        double reach = Nudge * (size > 0.0 ? size : 1.0);
        for (int i = 0; i < dimension; i++)
        {
            _point[i] = states[i] + (reach / length * _direction[i]);
        }

        function.Derivatives(time, ref _point[0], ref MemoryMarshal.GetArrayDataReference(data), ref _slopes[0]);
        double along = 0.0;
        for (int i = 0; i < dimension; i++)
        {
            double difference = _slopes[i] - slopes[i];
            along += difference * _direction[i];
            _direction[i] = difference;
        }

        double change = Norm(_direction);
        Decays = along < -LeastDecay * change * length;
        if (change == 0.0 || !double.IsFinite(change))
        {
            _known = false; // another direction next time: this one tells nothing
        }

        return change / reach;
    }

    /// <summary>Exchanges the direction with an archive.</summary>
    public void Exchange(StateArchive archive)
    {
        archive.Exchange(_direction);
        archive.Exchange(ref _known);
    }

    // Along the flow, and a little of everything: fast modes may be at rest.
    private void Begin(ReadOnlySpan<double> slopes)
    {
        double length = Norm(slopes);
        double scale = length > 0.0 && double.IsFinite(length) ? Math.Sqrt(dimension) / length : 0.0;
        for (int i = 0; i < dimension; i++)
        {
            _direction[i] = (uint.PopCount((uint)i * 0x9E3779B9u) % 2 == 0 ? 1.0 : -1.0) + (scale * slopes[i]);
        }
    }

    private static double Norm(ReadOnlySpan<double> values)
    {
        double sum = 0.0;
        foreach (double value in values)
        {
            sum += value * value;
        }

        return Math.Sqrt(sum);
    }
}
