using System.Collections.Immutable;
using System.CommandLine;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Solvers;

namespace HybridControl.Cli;

/// <summary>The options of every command that runs a model.</summary>
internal sealed partial class RunOptions
{
    private readonly Argument<string> _model = new("model") { Description = "Model file, or the name of a model that 'hybrid models' lists." };
    private readonly Option<double?> _until = OptionValues.Positive("--until", "seconds", "End time; by default the model's experiment.until.");
    private readonly Option<string?> _solver = new("--solver")
    {
        Description = $"Integration method: {string.Join(", ", SolverCatalog.Names)}; by default the model's experiment.solver, else auto.",
        HelpName = "name",
    };

    private readonly Option<double?> _rtol = OptionValues.Positive("--rtol", "number", "Relative error tolerance.");
    private readonly Option<double?> _atol = OptionValues.Positive("--atol", "number", "Absolute error tolerance.");
    private readonly Option<double?> _maxStep = OptionValues.Positive("--max-step", "seconds", "Longest step.");
    private readonly Option<double?> _step = OptionValues.Positive("--step", "seconds", "Step of a fixed-step method; first step of an adaptive one.");
    private readonly Option<IReadOnlyList<(string Name, double Value)>> _set =
        OptionValues.Settings("--set", "Replaces a parameter, an initial value or a constant input; may be repeated.");

    private readonly Option<string?> _zeno = new Option<string?>("--zeno")
    {
        Description = "What happens when events accumulate; by default what the model says, or an error.",
    }.AcceptOnlyFromAmong("error", "stop", "continue");

    private readonly Option<string> _chattering = Policy(
        "--chattering", "What happens when flows hand over to each other without end; slide adds sliding modes.", "error", "stop", "slide");

    private readonly Option<string> _invariants =
        Policy("--invariants", "What happens when an invariant is left and no transition is enabled.", "error", "stop", "warn");

    private readonly Option<ulong?> _seed =
        OptionValues.Whole("--seed", 0UL, ulong.MaxValue, "Seed of what is random in the model; 0 by default.");

    private readonly Option<long?> _trajectory =
        OptionValues.Whole("--trajectory", 0L, Philox4x32.Limit - 1, "Which of the random runs of the seed: its number in an ensemble; 0 by default.");

    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print errors only." };

    /// <summary>The options that belong to one method.</summary>
    public IReadOnlyList<Option> OfOneMethod => [_solver, _step];

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_model);
        AddWithoutModelTo(command);
    }

    /// <summary>Adds the options to a command that reads the model itself.</summary>
    public void AddWithoutModelTo(Command command)
    {
        foreach (Option option in new Option[]
        {
            _until, _solver, _rtol, _atol, _maxStep, _step, _set, _zeno, _chattering, _invariants, _seed, _trajectory, _quiet,
        })
        {
            command.Add(option);
        }
    }

    /// <summary>Reads the model and the options.</summary>
    /// <exception cref="ModelException">The model cannot be read.</exception>
    /// <exception cref="UsageException">An option does not fit the model.</exception>
    public RunRequest Read(ParseResult parsed) => Read(parsed, parsed.GetRequiredValue(_model));

    /// <summary>Reads a model and the options.</summary>
    /// <exception cref="ModelException">The model cannot be read.</exception>
    /// <exception cref="UsageException">An option does not fit the model.</exception>
    public RunRequest Read(ParseResult parsed, string name)
    {
        string path = ModelFinder.Resolve(name);
        HybridAutomaton model = ModelFinder.Load(path);
        var faults = new List<Finding>();
        double? until = parsed.GetValue(_until) ?? model.Experiment?.Until;
        if (until is null)
        {
            faults.Add(new("--until", $"no end time is given, and '{model.Name}' suggests none", "Write for instance --until 10."));
        }

        Solver solver = SolverChoice.Read(
            parsed.GetValue(_solver), parsed.GetValue(_rtol), parsed.GetValue(_atol), parsed.GetValue(_maxStep), parsed.GetValue(_step), model.Experiment?.Solver, faults);
        ImmutableDictionary<string, double> values = ReadSettings(parsed, model, faults);
        var options = new SimulationOptions
        {
            Solver = solver,
            Values = values,
            Seed = parsed.GetValue(_seed) ?? 0,
            Trajectory = parsed.GetValue(_trajectory) ?? 0,
        };
        return faults.Count > 0
            ? throw new UsageException(faults)
            : new RunRequest(path, model, until!.Value, ReadPolicies(parsed, options), parsed.GetValue(_quiet));
    }

    /// <summary>Whether to print errors only.</summary>
    public bool IsQuiet(ParseResult parsed) => parsed.GetValue(_quiet);

    private SimulationOptions ReadPolicies(ParseResult parsed, SimulationOptions options) => options with
    {
        Zeno = parsed.GetValue(_zeno) switch
        {
            "error" => ZenoPolicy.Throw,
            "stop" => ZenoPolicy.Stop,
            "continue" => ZenoPolicy.Continue,
            _ => null,
        },
        Chattering = parsed.GetRequiredValue(_chattering) switch
        {
            "stop" => ChatteringPolicy.Stop,
            "slide" => ChatteringPolicy.Slide,
            _ => ChatteringPolicy.Throw,
        },
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

    private static string[] KnownNames(HybridAutomaton model) =>
    [
        .. model.Parameters.Select(p => p.Name), .. model.States.Select(s => s.Name), .. model.Discretes.Select(d => d.Name),
        .. model.Inputs.Select(i => i.Name),
    ];

    private ImmutableDictionary<string, double> ReadSettings(ParseResult parsed, HybridAutomaton model, List<Finding> faults)
    {
        if (parsed.GetValue(_set) is not { Count: > 0 } settings)
        {
            return ImmutableDictionary<string, double>.Empty;
        }

        string[] known = KnownNames(model);
        var values = ImmutableDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach ((string name, double value) in settings)
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
