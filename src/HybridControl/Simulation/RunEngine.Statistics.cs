using System.Collections.Immutable;

namespace HybridControl.Simulation;

/// <content>What the run cost, and what it met with.</content>
internal sealed partial class RunEngine
{
    private readonly RejectionWatch _rejections = new();

    // A stretch that has just begun guesses its first step: what is rejected there says nothing about the flow.
    private void NoteRejections()
    {
        if (_stepper.Time > _smoothSince && _lastSize > 0.0)
        {
            _rejections.Note(_stepper, _lastSize);
        }
        else
        {
            _rejections.Skip(_stepper.Rejections);
        }
    }

    /// <summary>The result up to now.</summary>
    public Trajectory ToTrajectory() => new(_compiled, _record.Clone(), _status, _reason, Statistics(), _isError, ZenoTime);

    /// <summary>The result of a run that goes no further: it takes the record over.</summary>
    public Trajectory Finish()
    {
        _modes.NoteSize(_record.Size);
        RunStatistics statistics = Statistics();
        if (_keepsSearch)
        {
            _modes.KeepSearch(_search!);
            _search = null;
        }

        return new(_compiled, _record, _status, _reason, statistics, _isError, ZenoTime);
    }

    private RunStatistics Statistics()
    {
        GuardStatistics sum = default;
        ImmutableArray<GuardEffort>.Builder guards = ImmutableArray.CreateBuilder<GuardEffort>();
        if (_search is not null)
        {
            foreach (int number in _regions is null ? Enumerable.Range(0, _compiled.Modes.Count) : _visited)
            {
                ModeRuntime mode = _modes[number];
                ReadOnlySpan<GuardStatistics> ofMode = _search.Statistics(mode.Guards);
                for (int i = 0; i < ofMode.Length; i++)
                {
                    sum.Add(ofMode[i]);
                    if (ofMode[i].Dismissed + ofMode[i].Escalated > 0)
                    {
                        guards.Add(ofMode[i].ToEffort(_compiled.Modes.NameOf(number), mode.Watched[i].Name));
                    }
                }
            }
        }

        return new RunStatistics
        {
            Steps = _stepper.Steps,
            Rejections = _stepper.Rejections,
            RightHandSides = _stepper.Evaluations,
            Jacobians = _stepper.Jacobians,
            Factorizations = _stepper.Factorizations,
            GuardEvaluations = sum.Dismissed + sum.Escalated,
            Dismissed = sum.Dismissed,
            Escalated = sum.Escalated,
            Pieces = sum.Pieces,
            Roots = sum.Roots,
            Touches = sum.Touches,
            FloorHits = sum.FloorHits,
            NotBounded = sum.NotBounded,
            BudgetCuts = sum.BudgetCuts,
            NearMisses = sum.NearMisses,
            Jumps = _jumpIndex,
            Guards = guards.DrainToImmutable(),
            Rejected = _rejections.ToClusters(_compiled.Automaton.States),
        };
    }
}
