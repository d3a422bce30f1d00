using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Solvers;

namespace HybridControl.Cli;

/// <content>Runs that differ in a few settings.</content>
internal sealed partial class RunOptions
{
    /// <summary>The same run with other settings.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="request">The run that it describes.</param>
    /// <param name="settings">Pairs such as <c>solver=rodas5p,rtol=1e-9,e=0.7</c>: the words of the options, else names of the model.</param>
    /// <exception cref="UsageException">A setting does not fit the model.</exception>
    public RunRequest Vary(ParseResult parsed, RunRequest request, string settings)
    {
        var faults = new List<Finding>();
        string? solver = parsed.GetValue(_solver);
        var numbers = new Dictionary<string, double?>
        {
            ["rtol"] = parsed.GetValue(_rtol),
            ["atol"] = parsed.GetValue(_atol),
            ["max-step"] = parsed.GetValue(_maxStep),
            ["step"] = parsed.GetValue(_step),
            ["until"] = request.Until,
        };
        ImmutableDictionary<string, double> values = request.Options.Values;
        foreach (string setting in settings.Split(',', StringSplitOptions.TrimEntries))
        {
            int sign = setting.IndexOf('=', StringComparison.Ordinal);
            (string name, string text) = sign > 0 ? (setting[..sign].TrimEnd(), setting[(sign + 1)..].TrimStart()) : (setting, "");
            if (name == "solver")
            {
                solver = text;
            }
            else if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
            {
                faults.Add(new("--compare", $"'{setting}' is no setting", "Write for instance --compare rtol=1e-9,g=1.62."));
            }
            else if (numbers.ContainsKey(name))
            {
                numbers[name] = value > 0.0 ? value : null;
                if (value <= 0.0)
                {
                    faults.Add(new("--compare", $"{name} needs a positive number, not '{text}'", $"Write for instance {name}=0.001."));
                }
            }
            else if (KnownNames(request.Model).Contains(name, StringComparer.Ordinal))
            {
                values = values.SetItem(name, value);
            }
            else
            {
                faults.Add(new("--compare", $"'{request.Model.Name}' has nothing called '{name}' that can be set",
                    Suggestions.For(name, KnownNames(request.Model).Concat(numbers.Keys).Append("solver"))));
            }
        }

        Solver chosen = SolverChoice.Read(
            solver, numbers["rtol"], numbers["atol"], numbers["max-step"], numbers["step"], request.Options.Solver, faults);
        return faults.Count > 0
            ? throw new UsageException(faults)
            : request with { Until = numbers["until"]!.Value, Options = request.Options with { Solver = chosen, Values = values } };
    }
}
