using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Ensembles.Statistics;

/// <summary>How often and when a transition fires. Immutable and thread-safe.</summary>
/// <remarks>
/// Over the events that were kept: of each trajectory the first ones, as many as the plan has event slots. If some
/// trajectory had more, <see cref="Truncated"/> says how many such there are, and counts are lower bounds.
/// </remarks>
public sealed class EventSummary
{
    private readonly ImmutableArray<SampleSummary> _occurrences;

    internal EventSummary(
        string transition, SampleSummary count, SampleSummary times, ImmutableArray<SampleSummary> occurrences, long truncated) =>
        (Transition, CountPerTrajectory, Times, _occurrences, Truncated) = (transition, count, times, occurrences, truncated);

    /// <summary>Name of the transition.</summary>
    public string Transition { get; }

    /// <summary>How often it fires in one trajectory.</summary>
    public SampleSummary CountPerTrajectory { get; }

    /// <summary>All its times, in seconds.</summary>
    public SampleSummary Times { get; }

    /// <summary>Trajectories with more events, of all transitions, than were kept.</summary>
    public long Truncated { get; }

    /// <summary>Time of its occurrence i in a trajectory, counted from zero, in seconds; a trajectory with fewer has no entry.</summary>
    /// <exception cref="ModelException">Fewer events were kept.</exception>
    public SampleSummary Time(int i) => i >= 0 && i < _occurrences.Length
        ? _occurrences[i]
        : throw new ModelException(
            $"events.{Transition}",
            FormattableString.Invariant(
                $"there is no occurrence {i}: {_occurrences.Length} {(_occurrences.Length == 1 ? "event" : "events")} of each trajectory were kept, counted from 0"),
            i < 0 ? "Occurrences are counted from 0." : FormattableString.Invariant($"Record at least {i + 1L} events of each trajectory (RecordEvents)."));

    /// <summary>The most occurrences that can be told apart: the number of event slots.</summary>
    public int Occurrences => _occurrences.Length;
}
