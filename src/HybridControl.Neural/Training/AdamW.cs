using HybridControl.Neural.Layers;

namespace HybridControl.Neural.Training;

/// <summary>Steps along running means of the gradient, scaled by those of its square, with decay of weights apart from both.</summary>
/// <remarks>
/// Without decay this is Adam (D. P. Kingma and J. Ba, arXiv 1412.6980, algorithm 1); with it, I. Loshchilov and F. Hutter,
/// arXiv 1711.05101, algorithm 2.
/// </remarks>
public sealed record AdamW
{
    /// <summary>Memory of the mean of the gradient.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Memory of the mean of its square.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the mean square.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Share of a weight that a step of rate 1 takes away.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Starts with means of zero.</summary>
    public AdamWState Start(int length) => new(this, length, [new(0, length, 1.0, WeightDecay, false)]);

    /// <summary>Starts with means of zero, and steps groups of parameters in ways of their own.</summary>
    public AdamWState Start(ParameterSet parameters, IReadOnlyList<ParameterGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(groups);
        return new(this, parameters.Length, ParameterRange.Of(parameters, this, groups));
    }
}
