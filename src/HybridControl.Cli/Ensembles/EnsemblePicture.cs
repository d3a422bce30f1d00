using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Numerics;
using HybridControl.Plotting;

namespace HybridControl.Cli.Ensembles;

/// <summary>What <c>--plot</c> draws: <c>fan:h</c>, <c>cloud:x,y</c>, ...</summary>
/// <param name="Kind">One of the known words.</param>
/// <param name="Names">What it draws.</param>
/// <param name="Alternative">The alternative that it shows; null if it shows all there are.</param>
internal sealed record EnsemblePicture(string Kind, IReadOnlyList<string> Names, string? Alternative = null)
{
    private const string Option = "--plot-of";

    private static readonly Dictionary<string, Word> Kinds = new(StringComparer.Ordinal)
    {
        ["fan"] = new("fan:variable", 1),
        ["events"] = new("events:transition", 1),
        ["distribution"] = new("distribution:column", 1),
        ["cloud"] = new("cloud:x,y", 2),
        ["tornado"] = new("tornado:column", 1),
        ["modes"] = new("modes", 0),
    };

    /// <summary>The known forms, for help texts.</summary>
    public static string Forms => string.Join(", ", Kinds.Values.Select(kind => kind.Form));

    /// <summary>Whether it needs every block in memory.</summary>
    public bool NeedsBlocks => Kind is "cloud" or "tornado";

    /// <summary>Reads what is asked for, or chooses what suits the plan.</summary>
    /// <exception cref="UsageException">The plan has no such thing.</exception>
    public static EnsemblePicture Read(OutputFiles files, EnsembleLayout layout)
    {
        EnsemblePicture picture = files.PlotOf is { } text ? ReadKind(text, layout) : Usual(layout);
        return picture with { Alternative = ReadAlternative(files.Alternative, picture.Kind, layout) };
    }

    /// <summary>Draws it.</summary>
    public void Save(EnsembleResult result, HybridAutomaton model, string path)
    {
        EnsemblePlot plot = Kind switch
        {
            "fan" => result.PlotFan(Names[0], UnitOf(model, Names[0]), Alternative),
            "events" => result.PlotEventTimes(Names[0], Alternative),
            "cloud" => result.PlotCloud(Names[0], Names[1], UnitOf(model, Quantity(Names[0], result.Layout)), UnitOf(model, Quantity(Names[1], result.Layout))),
            "tornado" => result.PlotTornado(Names[0], UnitOf(model, Names[0]), alternative: Alternative),
            "modes" => result.PlotModes(Alternative),
            _ => result.PlotDistribution(Names[0], UnitOf(model, Names[0])),
        };
        (string name, long count) = Alternative is null
            ? (model.Name, result.Count)
            : ($"{model.Name}, {Alternative}", result.Scalar("status", Alternative).Count);
        plot.Title(FormattableString.Invariant($"{name}, {count} trajectories")).Save(path);
    }

    /// <summary>What a message adds about the alternatives that are not shown; empty if there are none.</summary>
    public string Shown(EnsembleLayout layout) => Alternative is null || layout.Alternatives.Length < 2
        ? ""
        : $" ('{Alternative}', one of {layout.Alternatives.Length} alternatives; --alternative draws another)";

    private static EnsemblePicture ReadKind(string text, EnsembleLayout layout)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string word = colon < 0 ? text : text[..colon];
        string[] names = colon < 0 ? [] : text[(colon + 1)..].Split(',', StringSplitOptions.TrimEntries);
        if (!Kinds.TryGetValue(word, out Word? kind))
        {
            throw new UsageException(Option, $"there is no plot '{word}'", $"Write one of {Forms}.");
        }

        if (names.Length != kind.Names)
        {
            throw new UsageException(Option, $"'{text}' names {names.Length} columns", $"Write {kind.Form}.");
        }

        (string what, IEnumerable<string> known) = word switch
        {
            "fan" => ("recorded variable", layout.Grid.Where((_, i) => i != layout.GridMode)),
            "events" => ("transition", layout.EventSlots > 0 ? layout.Transitions : []),
            "cloud" => ("column", layout.Scalars.Concat(layout.Samples).Concat(layout.Samples.Select(BlockTable.NameOfSample))),
            "modes" => ("", []),
            _ => ("column", layout.Scalars),
        };
        string[] all = [.. known];
        Finding[] faults = [.. names.Where(name => !all.Contains(name, StringComparer.Ordinal)).Select(name => new Finding(
            Option, $"the plan has no {what} '{name}'", all.Length == 0 ? "Let the plan record some." : Suggestions.For(name, all)))];
        if (word == "modes" && layout.GridMode < 0)
        {
            faults = [new(Option, "the plan does not record the mode over time", "Write \"record\": { \"every\": 0.1, \"mode\": true } in a plan, or --every seconds in a study of a model.")];
        }

        return faults.Length > 0 ? throw new UsageException(faults) : new(word, names);
    }

    private static string? ReadAlternative(string? name, string kind, EnsembleLayout layout)
    {
        const string option = "--alternative";
        bool showsAll = kind is "cloud" or "distribution";
        if (name is null)
        {
            return showsAll || layout.Alternatives.IsEmpty ? null : layout.Alternatives[0];
        }

        if (layout.Alternatives.IsEmpty)
        {
            throw new UsageException(option, "the plan has no alternatives", "Leave the option out.");
        }

        if (!layout.Alternatives.Contains(name, StringComparer.Ordinal))
        {
            throw new UsageException(option, $"the plan has no alternative '{name}'", Suggestions.For(name, layout.Alternatives));
        }

        return showsAll ? throw new UsageException(option, $"a {kind} shows every alternative", "Leave the option out.") : name;
    }

    private static EnsemblePicture Usual(EnsembleLayout layout) =>
        layout.GridTimes.Length > 1 && layout.Grid.Length > (layout.GridMode >= 0 ? 1 : 0) ? new("fan", [layout.Grid[0]])
        : layout.EventSlots > 0 && !layout.Transitions.IsEmpty ? new("events", [layout.Transitions[0]])
        : new("distribution", [layout.Scalars[Math.Min(layout.FirstState, layout.Scalars.Length - 1)]]);

    private static string Quantity(string column, EnsembleLayout layout) =>
        layout.Samples.FirstOrDefault(name => BlockTable.NameOfSample(name) == column, column);

    private static string UnitOf(HybridAutomaton model, string name) =>
        model.States.Where(v => v.Name == name).Select(v => v.Unit)
            .Concat(model.Discretes.Where(v => v.Name == name).Select(v => v.Unit))
            .Concat(model.Parameters.Where(v => v.Name == name).Select(v => v.Unit))
            .Concat(model.Inputs.Where(v => v.Name == name).Select(v => v.Unit))
            .Concat(model.Outputs.Where(v => v.Name == name).Select(v => v.Unit))
            .FirstOrDefault(name == "time" ? "s" : "");

    private sealed record Word(string Form, int Names);
}
