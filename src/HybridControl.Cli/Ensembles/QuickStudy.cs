using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Requirements;
using HybridControl.Symbolics;

namespace HybridControl.Cli.Ensembles;

/// <summary>What a study of a bare model varies, records and requires, as words of the command line.</summary>
/// <param name="Vary">Variations.</param>
/// <param name="Record">Names or expressions recorded over time.</param>
/// <param name="Every">Spacing of the recorded times in seconds; null for none.</param>
/// <param name="Extrema">Names or expressions whose extrema are recorded.</param>
/// <param name="Require">Requirements.</param>
/// <param name="EventSlots">Events kept of each trajectory.</param>
internal sealed record QuickStudy(
    IReadOnlyList<string> Vary, IReadOnlyList<string>? Record, double? Every, IReadOnlyList<string>? Extrema, IReadOnlyList<string> Require, int EventSlots)
{
    private const double MostGridTimes = 100_000;

    /// <summary>Makes a plan; findings are added to a list.</summary>
    public EnsemblePlan Plan(HybridAutomaton model, long size, double until, List<Finding> faults)
    {
        var scope = new AutomatonScope(model);
        string[] states = [.. model.States.Select(state => state.Name)];
        return new()
        {
            Model = model,
            Size = size,
            Until = until,
            Variations = [.. Vary.Select(text => VariationText.Read(text, faults)).OfType<Variation>()],
            Requirements = [.. Require.Select(text => RequirementText.Read("--require", text, model, faults)).OfType<Requirement>()],
            Recording = new()
            {
                GridTimes = GridTimes(until, faults),
                Grid = Every is null ? [] : [.. Expressions("--record", Record ?? states, scope, faults)],
                GridMode = Every is not null,
                Extrema = [.. Expressions("--extrema", Extrema ?? [], scope, faults)],
                EventSlots = EventSlots,
            },
        };
    }

    private ImmutableArray<double> GridTimes(double until, List<Finding> faults)
    {
        if (Every is not { } step)
        {
            if (Record is not null)
            {
                faults.Add(new("--record", "there are no times at which to record", "Add --every seconds."));
            }

            return [];
        }

        if (until / step > MostGridTimes)
        {
            faults.Add(new("--every", FormattableString.Invariant($"{step} s would give {until / step:G3} times"), "Choose a larger spacing."));
            return [];
        }

        // From an integer, so that no error accumulates.
        const double tolerance = 1e-9;
        int count = (int)Math.Floor((until / step) + tolerance);
        return [.. Enumerable.Range(0, count + 1).Select(k => Math.Min(k * step, until))];
    }

    private static IEnumerable<RecordedExpression> Expressions(string option, IReadOnlyList<string> texts, AutomatonScope scope, List<Finding> faults)
    {
        foreach (string text in texts)
        {
            if (ExprParser.TryParseExpression(text, scope, out Expr? expression, out ParseFinding? finding))
            {
                yield return new(text, expression);
            }
            else
            {
                faults.Add(new($"{option} \"{text}\"", finding.What, finding.Mend));
            }
        }
    }
}
