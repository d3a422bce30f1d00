using System.Collections.Immutable;
using HybridControl.Automata;

namespace HybridControl.Ensembles;

/// <summary>What is kept of each trajectory, as named columns. The same on every back-end.</summary>
/// <remarks>
/// Scalar columns, in this order: status, time, mode, jumps, steps (see the constants); then the final states, the final
/// discrete variables, the recorded final expressions, for each extremum its minimum and maximum, the robustness of each requirement if it is recorded, the passage times, and
/// for each requirement 1 if it is met and 0 if not. Immutable.
/// </remarks>
public sealed class EnsembleLayout
{
    /// <summary>Column of the <see cref="TrajectoryStatus"/>.</summary>
    public const int Status = 0;

    /// <summary>Column of the time at which the trajectory ended, in seconds.</summary>
    public const int Time = 1;

    /// <summary>Column of the number of the mode in which it ended.</summary>
    public const int Mode = 2;

    /// <summary>Column of the number of executed transitions, those beyond the event slots included.</summary>
    public const int Jumps = 3;

    /// <summary>Column of the number of accepted steps.</summary>
    public const int Steps = 4;

    private EnsembleLayout(EnsemblePlan plan)
    {
        EnsembleRecording recording = plan.Recording;
        HybridAutomaton model = plan.Model;
        Samples = [.. plan.Variations.Select(variation => variation.Name)];
        Scalars =
        [
            "status", "time", "mode", "jumps", "steps",
            .. model.States.Select(state => state.Name),
            .. model.Discretes.Select(discrete => discrete.Name),
            .. recording.Final.Select(final => final.Name),
            .. recording.Extrema.SelectMany(extremum => new[] { $"min({extremum.Name})", $"max({extremum.Name})" }),
            .. recording.Robustness ? plan.Requirements.Select(requirement => RobustnessOf(requirement.Name)) : [],
            .. recording.Passages.Select(passage => passage.Name),
            .. plan.Requirements.Select(requirement => requirement.Name),
        ];
        FirstState = Steps + 1;
        FirstDiscrete = FirstState + model.States.Length;
        FirstFinal = FirstDiscrete + model.Discretes.Length;
        FirstExtremum = FirstFinal + recording.Final.Length;
        FirstRobustness = FirstExtremum + (2 * recording.Extrema.Length);
        FirstPassage = FirstRobustness + (recording.Robustness ? plan.Requirements.Length : 0);
        FirstRequirement = FirstPassage + recording.Passages.Length;
        GridTimes = recording.GridTimes;
        Grid = [.. recording.Grid.Select(variable => variable.Name), .. recording.GridMode ? new[] { "mode" } : []];
        GridMode = recording.GridMode ? Grid.Length - 1 : -1;
        EventSlots = recording.EventSlots;
        Modes = ModesOf(model);
        Transitions = [.. model.Transitions.Select(transition => transition.Name).Concat(SharedLabels(model)).Distinct(StringComparer.Ordinal)];
        Alternatives = [.. plan.Alternatives.Select(alternative => alternative.Name)];
    }

    /// <summary>Names of the varied quantities.</summary>
    public ImmutableArray<string> Samples { get; }

    /// <summary>Names of the scalar columns.</summary>
    public ImmutableArray<string> Scalars { get; }

    /// <summary>Times of the grid, in seconds.</summary>
    public ImmutableArray<double> GridTimes { get; }

    /// <summary>Names of what is sampled at each grid time; the mode, if asked for, is the last.</summary>
    public ImmutableArray<string> Grid { get; }

    /// <summary>Place of the mode in <see cref="Grid"/>; -1 if it is not sampled.</summary>
    public int GridMode { get; }

    /// <summary>Events kept of each trajectory.</summary>
    public int EventSlots { get; }

    /// <summary>Names of the modes by number; empty for a network of more combinations than are numbered from the start.</summary>
    public ImmutableArray<string> Modes { get; }

    /// <summary>Names of the transitions by number.</summary>
    public ImmutableArray<string> Transitions { get; }

    /// <summary>Names of the alternatives; empty if there is only one.</summary>
    public ImmutableArray<string> Alternatives { get; }

    /// <summary>Scalar column of the first state.</summary>
    public int FirstState { get; }

    /// <summary>Scalar column of the first discrete variable.</summary>
    public int FirstDiscrete { get; }

    /// <summary>Scalar column of the first recorded final expression.</summary>
    public int FirstFinal { get; }

    /// <summary>Scalar column of the minimum of the first extremum.</summary>
    public int FirstExtremum { get; }

    /// <summary>Scalar column of the robustness of the first requirement, if it is recorded.</summary>
    public int FirstRobustness { get; }

    /// <summary>Scalar column of the first passage time.</summary>
    public int FirstPassage { get; }

    /// <summary>Scalar column of the first requirement.</summary>
    public int FirstRequirement { get; }

    /// <summary>Doubles kept of one trajectory.</summary>
    public long Width => Samples.Length + Scalars.Length + ((long)GridTimes.Length * Grid.Length) + (2L * EventSlots);

    /// <summary>The name of the column with the robustness of a requirement.</summary>
    public static string RobustnessOf(string requirement) => $"robustness({requirement})";

    private static ImmutableArray<string> ModesOf(HybridAutomaton model)
    {
        if (!model.IsNetwork)
        {
            return [.. model.Modes.Select(mode => mode.Name)];
        }

        ModeTable modes = model.Compiled.Modes;
        return modes.IsComplete ? [.. Enumerable.Range(0, modes.Count).Select(modes.NameOf)] : [];
    }

    // What fires together is called by its label.
    private static IEnumerable<string> SharedLabels(HybridAutomaton model) =>
        model.IsNetwork ? model.Transitions.Select(transition => transition.Label).OfType<string>() : [];

    /// <summary>The layout of a plan.</summary>
    public static EnsembleLayout Of(EnsemblePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new(plan);
    }
}
