using HybridControl.Ensembles.Statistics;

namespace HybridControl.Ensembles;

/// <summary>What a sequential run estimates and how closely. Immutable.</summary>
public sealed record SequentialTarget
{
    private SequentialTarget(string name, bool isRequirement, double halfWidth) =>
        (Name, IsRequirement, HalfWidth) = (name, isRequirement, halfWidth);

    /// <summary>Name of the requirement or of the scalar column.</summary>
    public string Name { get; }

    /// <summary>Whether the probability of a requirement is estimated; else the mean of a column.</summary>
    public bool IsRequirement { get; }

    /// <summary>The half width that the interval shall have, in the unit of the estimate.</summary>
    public double HalfWidth { get; }

    /// <summary>The confidence of the interval; 0.95.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Name of an alternative; null for the first.</summary>
    public string? Alternative { get; init; }

    /// <summary>The probability of a requirement, by Clopper and Pearson's interval.</summary>
    public static SequentialTarget Probability(string requirement, double halfWidth) => new(requirement, true, halfWidth);

    /// <summary>The mean of a scalar column, by Student's interval.</summary>
    public static SequentialTarget Mean(string column, double halfWidth) => new(column, false, halfWidth);

    /// <summary>The interval of a result.</summary>
    internal ConfidenceInterval Interval(EnsembleResult result) => IsRequirement
        ? result.Requirement(Name, Alternative).ClopperPearson(Confidence)
        : result.Scalar(Name, Alternative).MeanBand(Confidence);

    /// <summary>The estimate of a result.</summary>
    internal double Estimate(EnsembleResult result) =>
        IsRequirement ? result.Requirement(Name, Alternative).Estimate : result.Scalar(Name, Alternative).Mean;
}
