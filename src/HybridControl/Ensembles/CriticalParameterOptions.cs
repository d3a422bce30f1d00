namespace HybridControl.Ensembles;

/// <summary>How a critical parameter is searched. Immutable.</summary>
public sealed record CriticalParameterOptions
{
    /// <summary>Bisections at most; 40, which leaves 1e-12 of the bracket.</summary>
    public int Bisections { get; init; } = 40;

    /// <summary>Width of a bracket at which bisection ends, in the unit of the parameter; zero to make all bisections.</summary>
    public double Tolerance { get; init; }

    /// <summary>For a random model: the probability with which the requirement shall just be met; 0.5.</summary>
    public double Probability { get; init; } = 0.5;

    /// <summary>For a random model: the confidence of the interval; 0.95.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>For a random model: whether the probability at the estimate is measured with other random numbers.</summary>
    public bool Verify { get; init; } = true;
}
