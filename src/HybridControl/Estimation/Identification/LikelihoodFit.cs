using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>The answer of <see cref="MaximumLikelihood"/>.</summary>
public sealed record LikelihoodFit
{
    /// <summary>How the fit ended.</summary>
    public required FitStatus Status { get; init; }

    /// <summary>What was found, in the order of the parameters.</summary>
    public required ImmutableArray<FittedParameter> Parameters { get; init; }

    /// <summary>The log-likelihood there; NaN if there is none.</summary>
    public required double LogLikelihood { get; init; }

    /// <summary>How often the series was filtered.</summary>
    public required int Evaluations { get; init; }

    /// <summary>Akaike's information criterion, 2 k - 2 log L: smaller is better among models of the same data.</summary>
    public double Akaike => 2.0 * (Parameters.Length - LogLikelihood);

    /// <summary>A parameter by its name.</summary>
    /// <exception cref="ModelException">There is no such parameter.</exception>
    public FittedParameter this[string name] => Parameters.FirstOrDefault(parameter => parameter.Name == name) ?? throw new ModelException(
        "parameters", $"unknown parameter '{name}'", Suggestions.For(name, Parameters.Select(parameter => parameter.Name)));
}
