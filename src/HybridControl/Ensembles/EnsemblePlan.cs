using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Requirements;
using HybridControl.Solvers;

namespace HybridControl.Ensembles;

/// <summary>An ensemble as pure data: a model, what varies and how, how long, what is recorded.</summary>
/// <remarks>
/// Immutable and independent of any back-end. A random number is a function of (seed, trajectory, stream, draw), so every
/// back-end, thread count and split of the plan sees the same samples. Nothing is checked until the plan is validated;
/// then everything is, at once. Equality is by value, part by part.
/// </remarks>
public sealed record EnsemblePlan
{
    /// <summary>The model.</summary>
    public required HybridAutomaton Model { get; init; }

    /// <summary>The number of trajectories of each alternative. A grid design or given points have as many as their points, whatever stands here.</summary>
    public required long Size { get; init; }

    /// <summary>End time in seconds.</summary>
    public required double Until { get; init; }

    /// <summary>Start time in seconds.</summary>
    public double StartTime { get; init; }

    /// <summary>Seed of every random number.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Integration method and tolerances.</summary>
    public Solver Solver { get; init; } = new DormandPrince5();

    /// <summary>Values that replace those of the model in every trajectory: parameters, initial states, discrete variables, constant inputs.</summary>
    public ImmutableDictionary<string, double> Values { get; init; } = ImmutableDictionary<string, double>.Empty;

    /// <summary>Commands and settings at given times; the same for all trajectories.</summary>
    public ImmutableArray<TimedCommand> Commands { get; init; } = [];

    /// <summary>What varies from trajectory to trajectory, in order; its place is the stream of its random numbers.</summary>
    public ImmutableArray<Variation> Variations { get; init; } = [];

    /// <summary>Correlations between variations, as those of a Gaussian copula; pairs not named are independent.</summary>
    public ImmutableArray<Correlation> Correlations { get; init; } = [];

    /// <summary>How the samples fill their space.</summary>
    public SamplingDesign Design { get; init; } = SamplingDesign.Random;

    /// <summary>
    /// The samples of a <see cref="SamplingDesign.Points"/> design: a row for each sample, a value for each variation. Their distributions
    /// are not used, and there are as many samples as rows, whatever the size.
    /// </summary>
    public ImmutableArray<double> Points { get; init; } = [];

    /// <summary>Inputs that are redrawn at the ticks of a clock and held between them.</summary>
    public ImmutableArray<NoiseInput> Noise { get; init; } = [];

    /// <summary>
    /// Settings that are compared on the same samples (a paired design): trajectory i of each has the same random numbers.
    /// Empty for one nameless alternative.
    /// </summary>
    public ImmutableArray<Alternative> Alternatives { get; init; } = [];

    /// <summary>What is kept of each trajectory besides how it ended.</summary>
    public EnsembleRecording Recording { get; init; } = new();

    /// <summary>Conditions that a trajectory must meet; their probabilities are estimated.</summary>
    public ImmutableArray<Requirement> Requirements { get; init; } = [];

    /// <summary>Conditions that end a trajectory early, with the status <see cref="TrajectoryStatus.Stopped"/>.</summary>
    public ImmutableArray<StopRule> Stops { get; init; } = [];

    /// <summary>The most accepted steps of one trajectory.</summary>
    public long MaxSteps { get; init; } = 1_000_000;

    /// <summary>The most jumps at one instant.</summary>
    public int MaxJumpsPerInstant { get; init; } = 100;

    /// <summary>Width in seconds to which an event is bracketed; zero for the resolution of time.</summary>
    public double EventTolerance { get; init; }

    /// <summary>The number of alternatives, at least one.</summary>
    public int AlternativeCount => Math.Max(1, Alternatives.Length);

    /// <inheritdoc/>
    public bool Equals(EnsemblePlan? other) =>
        other is not null && Model.Equals(other.Model) && Size == other.Size && Seed == other.Seed && Design == other.Design &&
        Until.Equals(other.Until) && StartTime.Equals(other.StartTime) && Solver.Equals(other.Solver) && MaxSteps == other.MaxSteps &&
        MaxJumpsPerInstant == other.MaxJumpsPerInstant && EventTolerance.Equals(other.EventTolerance) && Recording.Equals(other.Recording) &&
        Values.Count == other.Values.Count && Values.All(entry => other.Values.TryGetValue(entry.Key, out double value) && value.Equals(entry.Value)) &&
        Same(Points, other.Points) && Same(Commands, other.Commands) && Same(Variations, other.Variations) && Same(Correlations, other.Correlations) &&
        Same(Noise, other.Noise) && Same(Alternatives, other.Alternatives) && Same(Requirements, other.Requirements) && Same(Stops, other.Stops);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Model, Size, Seed, Until, Variations.Length);

    private static bool Same<T>(ImmutableArray<T> a, ImmutableArray<T> b) => a.AsSpan().SequenceEqual(b.AsSpan());
}
