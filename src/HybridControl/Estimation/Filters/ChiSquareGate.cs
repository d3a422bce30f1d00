using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Bounds of the normalised innovation squared: quantiles of chi-square, kept once computed.</summary>
internal sealed class ChiSquareGate
{
    private readonly double _probability;
    private double[] _bounds = [];

    /// <summary>A gate that right measurements pass with a probability; 1 lets all pass.</summary>
    /// <exception cref="ModelException">Not in (0, 1].</exception>
    public ChiSquareGate(double probability) => _probability = probability is > 0.0 and <= 1.0 ? probability : throw new ModelException(
        "filter.gate", FormattableString.Invariant($"the probability {probability}"), "Give a number above 0 and up to 1, such as 0.999.");

    /// <summary>The probability with which a right measurement passes.</summary>
    public double Probability => _probability;

    /// <summary>The bound for a number of components.</summary>
    public double At(int degrees)
    {
        if (_probability == 1.0)
        {
            return double.PositiveInfinity;
        }

        if (_bounds.Length <= degrees)
        {
            Array.Resize(ref _bounds, degrees + 1);
        }

        return _bounds[degrees] > 0.0 ? _bounds[degrees] : _bounds[degrees] = ChiSquare.Quantile(degrees, _probability);
    }
}
