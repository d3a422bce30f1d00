using HybridControl.Numerics;

namespace HybridControl.Dynamics;

/// <summary>Evaluates a Jacobian into memory of its own.</summary>
/// <remarks>Allocates nothing after it was made. Not thread-safe.</remarks>
internal abstract class JacobianWork(SparsityPattern pattern)
{
    /// <summary>Entries of df/dx, in the order of <see cref="JacobianFunction.Pattern"/>.</summary>
    public double[] Values { get; } = new double[pattern.Count];

    /// <summary>Evaluations of the right-hand side that were spent so far.</summary>
    public long Evaluations { get; protected set; }

    /// <summary>Computes df/dx.</summary>
    /// <param name="time">Time.</param>
    /// <param name="states">The n states.</param>
    /// <param name="slopes">f at this point.</param>
    /// <param name="data">The data block.</param>
    public abstract void Evaluate(double time, ReadOnlySpan<double> states, ReadOnlySpan<double> slopes, double[] data);

    /// <summary>Computes df/dt.</summary>
    /// <param name="time">Time.</param>
    /// <param name="states">The n states.</param>
    /// <param name="slopes">f at this point.</param>
    /// <param name="data">The data block.</param>
    /// <param name="result">Receives n derivatives.</param>
    public abstract void TimeDerivative(
        double time, ReadOnlySpan<double> states, ReadOnlySpan<double> slopes, double[] data, Span<double> result);
}
