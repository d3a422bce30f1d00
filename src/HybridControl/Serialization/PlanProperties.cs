using System.Collections.Immutable;

namespace HybridControl.Serialization;

/// <summary>The properties that a plan file may hold, object by object; the published schema lists the same.</summary>
internal static class PlanProperties
{
    public static readonly ImmutableArray<string> Plan =
    [
        "$schema", "description", "model", "size", "seed", "start", "until", "solver", "values", "commands", "vary", "correlations", "design", "points",
        "noise", "alternatives", "record", "require", "stop", "maxSteps", "maxJumpsPerInstant", "eventTolerance",
    ];

    public static readonly ImmutableArray<string> Solver = ModelProperties.Solver;

    public static readonly ImmutableArray<string> Distribution =
        ["normal", "lognormal", "uniform", "triangular", "beta", "exponential", "discrete", "empirical", "grid"];

    public static readonly ImmutableArray<string> Noise = [.. Distribution, "every"];

    public static readonly ImmutableArray<string> Normal = ["mean", "deviation"];

    public static readonly ImmutableArray<string> LogNormal = ["median", "logDeviation"];

    public static readonly ImmutableArray<string> LogNormalMoments = ["mean", "deviation"];

    public static readonly ImmutableArray<string> Uniform = ["low", "high"];

    public static readonly ImmutableArray<string> Triangular = ["low", "mode", "high"];

    public static readonly ImmutableArray<string> Beta = ["a", "b", "low", "high"];

    public static readonly ImmutableArray<string> Exponential = ["mean"];

    public static readonly ImmutableArray<string> Discrete = ["values", "weights"];

    public static readonly ImmutableArray<string> Empirical = ["values", "file", "column", "interpolated"];

    public static readonly ImmutableArray<string> Grid = ["from", "to", "count"];

    public static readonly ImmutableArray<string> Record = ["every", "times", "variables", "mode", "final", "extrema", "passages", "events", "robustness"];

    public static readonly ImmutableArray<string> RecordedExpression = ["name", "expr"];

    public static readonly ImmutableArray<string> Requirement = ["always", "eventually", "atEnd", "formula"];

    /// <summary>Every object by the name that the schema gives it.</summary>
    public static readonly ImmutableArray<(string Name, ImmutableArray<string> Properties)> All =
    [
        ("plan", Plan), ("solver", Solver), ("distribution", Distribution), ("noise", Noise), ("normal", Normal), ("lognormal", LogNormal),
        ("lognormalMoments", LogNormalMoments), ("uniform", Uniform), ("triangular", Triangular), ("beta", Beta), ("exponential", Exponential),
        ("discrete", Discrete), ("empirical", Empirical), ("grid", Grid), ("record", Record), ("recordedExpression", RecordedExpression),
        ("requirement", Requirement), ("timedCommand", ModelProperties.TimedCommand),
    ];
}
