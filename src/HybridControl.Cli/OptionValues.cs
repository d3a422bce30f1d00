using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace HybridControl.Cli;

/// <summary>Options whose values are numbers or pairs, read with the invariant culture and with messages of our own.</summary>
internal static class OptionValues
{
    /// <summary>An option that takes a positive number.</summary>
    public static Option<double?> Positive(string name, string unit, string description) => new(name)
    {
        Description = description,
        HelpName = unit,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (TryNumber(text, out double value) && value > 0.0)
            {
                return value;
            }

            string advice = text.Contains(',', StringComparison.Ordinal) ? $" Write it with a point, for instance {name} 0.5." : "";
            result.AddError($"{name} needs a positive number, not '{text}'.{advice}");
            return null;
        },
    };

    /// <summary>An option that takes a whole number within bounds, written out or as 1e6.</summary>
    public static Option<T?> Whole<T>(string name, T least, T most, string description)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T> => new(name)
        {
            Description = description,
            HelpName = "n",
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value) && decimal.IsInteger(value) &&
                    value >= decimal.CreateChecked(least) && value <= decimal.CreateChecked(most))
                {
                    return T.CreateChecked(value);
                }

                string bounds = most == T.MaxValue ? $"that is at least {least}" : $"from {least} to {most}";
                T example = T.Min(most, T.CreateChecked(1000));
                result.AddError($"{name} needs a whole number {bounds}, not '{text}'. Write for instance {name} {example}{(example < most ? " or 1e3" : "")}.");
                return null;
            },
        };

    /// <summary>The repeatable option name=value.</summary>
    public static Option<IReadOnlyList<(string Name, double Value)>> Settings(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "name=value",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = result => ReadSettings(name, result),
    };

    /// <summary>An option that takes names separated by commas.</summary>
    public static Option<IReadOnlyList<string>?> Names(string name, string help, string description, int? count = null) => new(name)
    {
        Description = description,
        HelpName = help,
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            string[] names = result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries);
            if (names.Contains("") || (count is not null && names.Length != count))
            {
                result.AddError($"{name} needs {(count is null ? "names" : $"{count} names")} separated by commas, not '{result.Tokens[0].Value}'. Write {name} {help}.");
                return null;
            }

            return names;
        },
    };

    private static List<(string Name, double Value)> ReadSettings(string name, ArgumentResult result)
    {
        var settings = new List<(string Name, double Value)>();
        foreach (Token token in result.Tokens)
        {
            int equals = token.Value.LastIndexOf('=');
            string key = equals < 0 ? "" : token.Value[..equals].Trim();
            if (key.Length == 0 || !TryNumber(token.Value[(equals + 1)..], out double value))
            {
                result.AddError($"{name} needs name=value with a number, not '{token.Value}'. Write for instance {name} g=1.62.");
            }
            else if (settings.Exists(setting => setting.Name == key))
            {
                result.AddError($"{name} sets '{key}' twice. Remove one of the two.");
            }
            else
            {
                settings.Add((key, value));
            }
        }

        return settings;
    }

    private static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
