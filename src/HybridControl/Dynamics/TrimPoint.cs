using System.Collections.Immutable;
using HybridControl.Symbolics;

namespace HybridControl.Dynamics;

/// <summary>Values at which some expressions vanish.</summary>
/// <param name="Values">The value of each unknown, in the order asked.</param>
/// <param name="Residual">The largest remaining value of an expression.</param>
/// <param name="Iterations">Newton steps taken.</param>
public sealed record TrimPoint(ImmutableArray<(Expr Variable, double Value)> Values, double Residual, int Iterations)
{
    /// <summary>The value of an unknown.</summary>
    /// <exception cref="KeyNotFoundException">It is none of the unknowns.</exception>
    public double this[Expr variable]
    {
        get
        {
            foreach ((Expr known, double value) in Values)
            {
                if (known.Equals(variable))
                {
                    return value;
                }
            }

            throw new KeyNotFoundException(
                $"'{variable}' was not solved for. Unknowns: {string.Join(", ", Values.Select(entry => entry.Variable))}.");
        }
    }
}
