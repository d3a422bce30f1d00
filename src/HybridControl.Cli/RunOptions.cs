using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Solvers;

namespace HybridControl.Cli;

/// <summary>The options of every command that runs a model.</summary>
internal sealed class RunOptions
{
    private readonly Argument<string> _model = new("model") { Description = "Model file, or the name of a model that 'hybrid models' lists." };
    private readonly Option<double?> _until = OptionValues.Positive("--until", "seconds", "End time; by default the model's experiment.until.");
    private readonly Option<string> _solver = new("--solver")
    {
        Description = $"Integration method: {string.Join(", ", SolverCatalog.Names)}.",
        HelpName = "name",
        DefaultValueFactory = _ => "dp5",
    };

    private readonly Option<double?> _rtol = OptionValues.Positive("--rtol", "number", "Relative error tolerance.");
    private readonly Option<double?> _atol = OptionValues.Positive("--atol", "number", "Absolute error tolerance.");
    private readonly Option<double?> _maxStep = OptionValues.Positive("--max-step", "seconds", "Longest step.");
    private readonly Option<double?> _step = OptionValues.Positive("--step", "seconds", "Step of a fixed-step method; first step of an adaptive one.");
    private readonly Option<IReadOnlyList<(string Name, double Value)>> _set =
        OptionValues.Settings("--set", "Replaces a parameter, an initial value or a constant input; may be repeated.");

    private readonly Option<string> _zeno = Policy("--zeno", "What happens when events accumulate.", "error", "stop");
    private readonly Option<string> _invariants =
        Policy("--invariants", "What happens when an invariant is left and no transition is enabled.", "error", "stop", "warn");

    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print errors only." };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_model);
        foreach (Option option in new Option[] { _until, _solver, _rtol, _atol, _maxStep, _step, _set, _zeno, _invariants, _quiet })
        {
            command.Add(option);
        }
    }

    /// <summary>Reads the model and the options.</summary>
    /// <exception cref="ModelException">The model cannot be read.</exception>
    /// <exception cref="UsageException">An option does not fit the model.</exception>
    public RunRequest Read(ParseResult parsed)
    {
        string path = ModelFinder.Resolve(parsed.GetRequiredValue(_model));
        HybridAutomaton model = ModelFinder.Load(path);
        var faults = new List<Finding>();
        double? until = parsed.GetValue(_until) ?? model.Experiment?.Until;
        if (until is null)
        {
            faults.Add(new("--until", $"no end time is given, and '{model.Name}' suggests none", "Write for instance --until 10."));
        }

        Solver solver = ReadSolver(parsed, faults);
        ImmutableDictionary<string, double> values = ReadSettings(parsed, model, faults);
        return faults.Count > 0
            ? throw new UsageException(faults)
            : new RunRequest(path, model, until!.Value, ReadPolicies(parsed, new() { Solver = solver, Values = values }), parsed.GetValue(_quiet));
    }

    /// <summary>The same run with other settings.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="request">The run that it describes.</param>
    /// <param name="settings">Pairs such as <c>solver=rodas5p,rtol=1e-9,e=0.7</c>: the words of the options, else names of the model.</param>
    /// <exception cref="UsageException">A setting does not fit the model.</exception>
    public RunRequest Vary(ParseResult parsed, RunRequest request, string settings)
    {
        var faults = new List<Finding>();
        string solver = parsed.GetRequiredValue(_solver);
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
            else if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
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

        Solver? chosen = null;
        try
        {
            chosen = SolverCatalog.Create(solver, numbers["rtol"], numbers["atol"], numbers["max-step"], numbers["step"]);
        }
        catch (ModelException fault)
        {
            faults.AddRange(fault.Findings);
        }

        return faults.Count > 0
            ? throw new UsageException(faults)
            : request with { Until = numbers["until"]!.Value, Options = request.Options with { Solver = chosen!, Values = values } };
    }

    private SimulationOptions ReadPolicies(ParseResult parsed, SimulationOptions options) => options with
    {
        Zeno = parsed.GetRequiredValue(_zeno) == "stop" ? ZenoPolicy.Stop : ZenoPolicy.Throw,
        Invariants = parsed.GetRequiredValue(_invariants) switch
        {
            "stop" => InvariantPolicy.Stop,
            "warn" => InvariantPolicy.Warn,
            _ => InvariantPolicy.Throw,
        },
    };

    private static Option<string> Policy(string name, string description, params string[] words)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => words[0] };
        return option.AcceptOnlyFromAmong(words);
    }

    private Solver ReadSolver(ParseResult parsed, List<Finding> faults)
    {
        try
        {
            return SolverCatalog.Create(
                parsed.GetRequiredValue(_solver), parsed.GetValue(_rtol), parsed.GetValue(_atol), parsed.GetValue(_maxStep), parsed.GetValue(_step));
        }
        catch (ModelException fault)
        {
            faults.AddRange(fault.Findings);
            return new DormandPrince5();
        }
    }

    private static string[] KnownNames(HybridAutomaton model) =>
    [
        .. model.Parameters.Select(p => p.Name), .. model.States.Select(s => s.Name), .. model.Discretes.Select(d => d.Name),
        .. model.Inputs.Select(i => i.Name),
    ];

    private ImmutableDictionary<string, double> ReadSettings(ParseResult parsed, HybridAutomaton model, List<Finding> faults)
    {
        string[] known = KnownNames(model);
        var values = ImmutableDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach ((string name, double value) in parsed.GetValue(_set) ?? [])
        {
            if (known.Contains(name, StringComparer.Ordinal))
            {
                values[name] = value;
            }
            else
            {
                faults.Add(new("--set", $"'{model.Name}' has nothing called '{name}' that can be set", Suggestions.For(name, known)));
            }
        }

        return values.ToImmutable();
    }
}
