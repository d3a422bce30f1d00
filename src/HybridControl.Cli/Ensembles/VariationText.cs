using System.Collections.Immutable;
using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Numerics;

namespace HybridControl.Cli.Ensembles;

/// <summary>Reads what varies from the command line: <c>e=normal(0.8,0.02)</c>, with the words of plan files.</summary>
internal static class VariationText
{
    private const string Option = "--vary";

    private static readonly Dictionary<string, Word> Words = new(StringComparer.Ordinal)
    {
        ["normal"] = new("normal(mean,deviation)", 2, 2, a => new Normal(a[0], a[1])),
        ["lognormal"] = new("lognormal(median,log deviation)", 2, 2, a => new LogNormal(a[0], a[1])),
        ["uniform"] = new("uniform(low,high)", 2, 2, a => new Uniform(a[0], a[1])),
        ["triangular"] = new("triangular(low,mode,high)", 3, 3, a => new Triangular(a[0], a[1], a[2])),
        ["beta"] = new("beta(a,b) or beta(a,b,low,high)", 2, 4, a => a.Length == 2 ? new Beta(a[0], a[1]) : new Beta(a[0], a[1], a[2], a[3])),
        ["exponential"] = new("exponential(mean)", 1, 1, a => new Exponential(a[0])),
        ["discrete"] = new("discrete(value,value,...)", 1, int.MaxValue, a => new Discrete([.. a])),
        ["grid"] = new("grid(value,value,...)", 1, int.MaxValue, a => new GridPoints([.. a])),
    };

    /// <summary>The known forms, for help texts.</summary>
    public static string Forms => string.Join(", ", Words.Values.Select(word => word.Form));

    /// <summary>Reads a variation; null, with a finding, if that fails.</summary>
    public static Variation? Read(string text, List<Finding> faults)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        int open = text.IndexOf('(', StringComparison.Ordinal);
        if (equals <= 0 || open < equals || !text.EndsWith(')'))
        {
            faults.Add(new(Option, $"'{text}' is not name=distribution(...)", "Write for instance --vary \"e=normal(0.8,0.02)\"."));
            return null;
        }

        string name = text[..equals].Trim();
        string word = text[(equals + 1)..open].Trim().ToLowerInvariant();
        if (!Words.TryGetValue(word, out Word? known))
        {
            faults.Add(new($"{Option} {name}", $"unknown distribution '{word}'", Suggestions.For(word, Words.Keys)));
            return null;
        }

        string[] parts = text[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries);
        var values = ImmutableArray.CreateBuilder<double>();
        foreach (string part in parts)
        {
            if (!double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
            {
                faults.Add(new($"{Option} {name}", $"'{part}' is not a number", $"Write {known.Form} with points in numbers."));
                return null;
            }

            values.Add(value);
        }

        if (values.Count < known.Least || values.Count > known.Most || (word == "beta" && values.Count == 3))
        {
            faults.Add(new($"{Option} {name}", FormattableString.Invariant($"{word} has {values.Count} numbers"), $"Write {known.Form}."));
            return null;
        }

        return new(name, known.Create([.. values]));
    }

    private sealed record Word(string Form, int Least, int Most, Func<double[], Distribution> Create);
}
