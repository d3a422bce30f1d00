using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Ensembles.Falsification;
using HybridControl.Numerics;

namespace HybridControl.Cli.Ensembles;

/// <summary>Reads what a falsification may choose: <c>e=uniform(0.5,0.9)</c>, <c>u=held(0,1,4)</c>, <c>stop=command(2,8)</c>.</summary>
internal static class SearchedText
{
    private const string Option = "--vary";

    private static readonly Dictionary<string, Word> Words = new(StringComparer.Ordinal)
    {
        ["uniform"] = new("uniform(low,high)", 2, (name, a) => new SearchedValue(name, a[0], a[1])),
        ["held"] = new("held(low,high,pieces)", 3, (name, a) => new SearchedInput(name, a[0], a[1], (int)a[2])),
        ["linear"] = new("linear(low,high,points)", 3, (name, a) => new SearchedInput(name, a[0], a[1], (int)a[2], Linear: true)),
        ["command"] = new("command(earliest,latest)", 2, (name, a) => new SearchedCommand(name, a[0], a[1])),
    };

    /// <summary>The known forms, for help texts.</summary>
    public static string Forms => string.Join(", ", Words.Values.Select(word => word.Form));

    /// <summary>Reads a quantity; null, with a finding, if that fails.</summary>
    public static SearchedQuantity? Read(string text, List<Finding> faults)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        int open = text.IndexOf('(', StringComparison.Ordinal);
        if (equals <= 0 || open < equals || !text.EndsWith(')'))
        {
            faults.Add(new(Option, $"'{text}' is not name=bounds(...)", $"Write for instance {Option} \"e=uniform(0.5,0.9)\"; known: {Forms}."));
            return null;
        }

        string name = text[..equals].Trim();
        string word = text[(equals + 1)..open].Trim().ToLowerInvariant();
        if (!Words.TryGetValue(word, out Word? known))
        {
            faults.Add(new($"{Option} {name}", $"unknown bounds '{word}'", Suggestions.For(word, Words.Keys)));
            return null;
        }

        string[] parts = text[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries);
        double[] numbers = [.. parts.Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.NaN)];
        if (numbers.Length != known.Count || numbers.Any(number => !double.IsFinite(number)))
        {
            faults.Add(new($"{Option} {name}", $"'{text[open..]}' does not fit", $"Write {known.Form}."));
            return null;
        }

        return known.Create(name, numbers);
    }

    private sealed record Word(string Form, int Count, Func<string, double[], SearchedQuantity> Create);
}
