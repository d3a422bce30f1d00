using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Requirements;
using HybridControl.Solvers;

namespace HybridControl.Ensembles.Falsification;

/// <summary>A requirement to be violated, and what may be chosen to that end.</summary>
/// <remarks>Immutable. Nothing is checked until the search starts; then everything is, at once.</remarks>
public sealed record FalsificationProblem
{
    /// <summary>The model.</summary>
    public required HybridAutomaton Model { get; init; }

    /// <summary>The requirement.</summary>
    public required Requirement Requirement { get; init; }

    /// <summary>End time of the runs, in seconds; they start at 0.</summary>
    public required double Until { get; init; }

    /// <summary>What is searched, in order.</summary>
    public required ImmutableArray<SearchedQuantity> Searched { get; init; }

    /// <summary>Integration method and tolerances.</summary>
    public Solver Solver { get; init; } = new Auto();

    /// <summary>Values that replace those of the model in every run.</summary>
    public ImmutableDictionary<string, double> Values { get; init; } = ImmutableDictionary<string, double>.Empty;

    /// <summary>Commands and settings of every run.</summary>
    public ImmutableArray<TimedCommand> Commands { get; init; } = [];

    /// <summary>How many numbers are searched.</summary>
    public int Dimensions => Searched.Sum(quantity => quantity.Dimensions);

    internal void ThrowIfUnfit()
    {
        AutomatonValidator.ThrowIfInvalid(Model);
        var findings = new FindingList();
        FormulaCheck.Check(
            "requirement", Requirement.Formula, Model, new ExpressionCheck(Model, new Declarations(Model, new FindingList()), findings), findings);
        if (!(Until > 0.0) || !double.IsFinite(Until))
        {
            findings.Error("until", FormattableString.Invariant($"end time {Until} s"), "Give a finite end time after 0.");
        }

        if (Searched.IsEmpty)
        {
            findings.Error("searched", "nothing may be chosen", "Name parameters, initial values, inputs or commands with their bounds.");
        }

        var names = new HashSet<(Type, string)>();
        foreach (SearchedQuantity quantity in Searched)
        {
            CheckQuantity(quantity, names, findings);
        }

        ImmutableArray<Finding> found = findings.Count > 0 ? findings.ToImmutable() : FindingsOfRuns();
        if (!found.IsEmpty)
        {
            throw new ModelException(found);
        }
    }

    // At a point where no range of whole numbers meets one by chance.
    private ImmutableArray<Finding> FindingsOfRuns()
    {
        double[] point = new double[Dimensions];
        Array.Fill(point, 1.0 / double.Pi);
        return FalsificationCase.At(this, point).FindingsOf(Solver);
    }

    private void CheckQuantity(SearchedQuantity quantity, HashSet<(Type, string)> names, FindingList findings)
    {
        string where = $"searched.{quantity.Name}";
        if (!(quantity.Low < quantity.High) || !double.IsFinite(quantity.High - quantity.Low))
        {
            findings.Error(where, FormattableString.Invariant($"bounds {quantity.Low} and {quantity.High}"), "Give finite bounds, the lower first.");
        }

        if (!names.Add((quantity.GetType(), quantity.Name)))
        {
            findings.Error(where, $"'{quantity.Name}' is searched twice", "Name it once.");
        }

        IEnumerable<string> inputs = Model.Inputs.Select(input => input.Name);
        (IEnumerable<string> known, string what) = quantity switch
        {
            SearchedCommand => (Model.Transitions.Select(t => (t.Rule as CommandRule)?.Label).OfType<string>().Distinct(), "command"),
            SearchedInput => (inputs, "input"),
            _ => (Model.Parameters.Select(p => p.Name).Concat(Model.States.Select(s => s.Name)).Concat(Model.Discretes.Select(d => d.Name)).Concat(inputs), "value"),
        };
        if (!known.Contains(quantity.Name, StringComparer.Ordinal))
        {
            findings.Error(where, $"the model has no {what} '{quantity.Name}'", Numerics.Suggestions.For(quantity.Name, known));
        }

        if (quantity is SearchedInput { Points: < 1 } or SearchedInput { Linear: true, Points: < 2 })
        {
            findings.Error(where, "too few values for the course of an input", "Give at least one held value, or two that are joined.");
        }

        if (quantity is SearchedCommand && (quantity.Low < 0.0 || quantity.High > Until))
        {
            findings.Error(where, FormattableString.Invariant($"times from {quantity.Low} s to {quantity.High} s in a run of {Until} s"), "Give times within the run.");
        }
    }
}
