using System.Collections.Immutable;
using HybridControl.Solvers;

namespace HybridControl.Estimation;

/// <summary>How a hybrid estimator works.</summary>
public sealed record HybridEstimatorOptions
{
    /// <summary>Time of the initial belief, in seconds.</summary>
    public double StartTime { get; init; }

    /// <summary>Values of parameters, and initial values of states and discrete variables, that replace those of the model.</summary>
    public ImmutableDictionary<string, double> Values { get; init; } = ImmutableDictionary<string, double>.Empty;

    /// <summary>The belief at the start, for correlated states; null for the initial values and deviations of the model.</summary>
    public GaussianBelief? Initial { get; init; }

    /// <summary>The most hypotheses that are kept; the least probable are dropped.</summary>
    public int MaximumHypotheses { get; init; } = 24;

    /// <summary>The probability below which a hypothesis is dropped.</summary>
    public double SmallestProbability { get; init; } = 1e-7;

    /// <summary>How far, in standard deviations of a guard, a belief may move into it in one substep.</summary>
    public double Substep { get; init; } = 0.8;

    /// <summary>Integration method of the flows; null for Dormand and Prince's with a relative tolerance of 1e-8.</summary>
    public Solver? Solver { get; init; }
}
