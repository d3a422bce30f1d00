using System.Collections.Immutable;
using System.CommandLine;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Numerics;
using HybridControl.Serialization;
using HybridControl.Solvers;

namespace HybridControl.Cli.Ensembles;

/// <summary>The options that say what an ensemble is: a plan file, or a model with a few words about what varies.</summary>
internal sealed class PlanOptions
{
    private const long UsualSize = 1000;
    private const int UsualEventSlots = 16;

    private readonly Argument<string> _source = new("plan")
    {
        Description = "Plan file; or a model file or the name of a model that 'hybrid models' lists, with --vary.",
    };

    private readonly Option<string[]> _vary = new("--vary")
    {
        Description = $"What varies in a model; may be repeated. Distributions: {VariationText.Forms}.",
        HelpName = "name=distribution",
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<IReadOnlyList<string>?> _record =
        OptionValues.Names("--record", "x,y", "Names or expressions recorded over time in a study of a model; by default its states.");

    private readonly Option<double?> _every = OptionValues.Positive("--every", "seconds", "Spacing of the recorded times in a study of a model.");
    private readonly Option<IReadOnlyList<string>?> _extrema =
        OptionValues.Names("--extrema", "x,y", "Names or expressions whose smallest and largest values are recorded in a study of a model.");

    private readonly Option<string[]> _require = new("--require")
    {
        Description = "Requirement of a study of a model, such as \"always(h >= 0)\" or \"soft: at-end(v > -3)\"; may be repeated.",
        HelpName = "text",
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<int?> _slots = OptionValues.Whole("--event-slots", 0, 4096, $"Events kept of each trajectory in a study of a model; by default {UsualEventSlots}.");
    private readonly Option<long?> _size =
        OptionValues.Whole("--size", 1L, long.MaxValue, $"Number of trajectories; replaces that of the plan. For a model by default {UsualSize}.");

    private readonly Option<ulong?> _seed =
        OptionValues.Whole("--seed", 0UL, ulong.MaxValue, "Seed of the random numbers; replaces that of the plan.");

    private readonly Option<double?> _until = OptionValues.Positive("--until", "seconds", "End time; replaces that of the plan, or of the model's experiment.");
    private readonly Option<IReadOnlyList<(string Name, double Value)>> _set =
        OptionValues.Settings("--set", "Replaces a parameter, an initial value or a constant input in every trajectory; may be repeated.");

    private readonly Option<string?> _design = new("--design")
    {
        Description = "How samples fill their space: random, latin-hypercube (or lhs), sobol or grid; replaces that of the plan.",
        HelpName = "name",
    };

    private readonly Option<string?> _solver = new("--solver") { Description = $"Integration method: {string.Join(", ", SolverCatalog.Names)}.", HelpName = "name" };
    private readonly Option<double?> _rtol = OptionValues.Positive("--rtol", "number", "Relative error tolerance.");
    private readonly Option<double?> _atol = OptionValues.Positive("--atol", "number", "Absolute error tolerance.");
    private readonly Option<double?> _step = OptionValues.Positive("--step", "seconds", "Step of a fixed-step method; first step of an adaptive one.");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        _design.AcceptOnlyFromAmong("random", "latin-hypercube", "lhs", "sobol", "grid");
        command.Add(_source);
        foreach (Option option in new Option[] { _vary, _record, _every, _extrema, _require, _slots, _size, _seed, _until, _set, _design, _solver, _rtol, _atol, _step })
        {
            command.Add(option);
        }
    }

    /// <summary>The file that is named.</summary>
    public string Source(ParseResult parsed) => ModelFinder.Resolve(parsed.GetRequiredValue(_source));

    /// <summary>Reads the plan.</summary>
    /// <exception cref="ModelException">The file cannot be read, or has errors; all of them.</exception>
    /// <exception cref="UsageException">Options do not fit the plan or the model; all of them.</exception>
    public EnsemblePlan Read(ParseResult parsed)
    {
        string path = Source(parsed);
        var faults = new List<Finding>();
        EnsemblePlan plan = PlanSource.IsPlan(path) ? FromPlan(path, parsed, faults) : FromModel(path, parsed, faults);
        plan = WithSettings(plan, parsed, faults);
        if (faults.Count > 0)
        {
            throw new UsageException(faults);
        }

        try
        {
            PlanValidator.ThrowIfInvalid(plan);
        }
        catch (ModelException refusal)
        {
            // A model and a plan that can be read are sound: the options are not.
            throw new UsageException(refusal.Findings);
        }

        return plan;
    }

    private EnsemblePlan FromPlan(string path, ParseResult parsed, List<Finding> faults)
    {
        foreach (Option option in new Option[] { _vary, _record, _every, _extrema, _require, _slots })
        {
            if (parsed.GetResult(option) is not null)
            {
                faults.Add(new(option.Name, "this says what a study of a bare model does, but a plan says it itself", "Change the plan file, or name its model."));
            }
        }

        EnsemblePlan plan = PlanFile.Load(path);
        return plan with { Size = parsed.GetValue(_size) ?? plan.Size, Until = parsed.GetValue(_until) ?? plan.Until };
    }

    private EnsemblePlan FromModel(string path, ParseResult parsed, List<Finding> faults)
    {
        HybridAutomaton model = ModelFinder.Load(path);
        double? until = parsed.GetValue(_until) ?? model.Experiment?.Until;
        if (until is null)
        {
            faults.Add(new("--until", $"no end time is given, and '{model.Name}' suggests none", "Write for instance --until 10."));
        }

        var study = new QuickStudy(
            parsed.GetValue(_vary) ?? [], parsed.GetValue(_record), parsed.GetValue(_every), parsed.GetValue(_extrema), parsed.GetValue(_require) ?? [],
            parsed.GetValue(_slots) ?? UsualEventSlots);
        return study.Plan(model, parsed.GetValue(_size) ?? UsualSize, until ?? 1.0, faults) with
        {
            Commands = model.Experiment?.Commands ?? [],
            Solver = PlanSolver.Of(model),
        };
    }

    private EnsemblePlan WithSettings(EnsemblePlan plan, ParseResult parsed, List<Finding> faults)
    {
        string[] known =
        [
            .. plan.Model.Parameters.Select(p => p.Name), .. plan.Model.States.Select(s => s.Name), .. plan.Model.Discretes.Select(d => d.Name),
            .. plan.Model.Inputs.Select(i => i.Name),
        ];
        ImmutableDictionary<string, double> values = plan.Values;
        foreach ((string name, double value) in parsed.GetValue(_set) ?? [])
        {
            if (known.Contains(name, StringComparer.Ordinal))
            {
                values = values.SetItem(name, value);
            }
            else
            {
                faults.Add(new("--set", $"'{plan.Model.Name}' has nothing called '{name}' that can be set", Suggestions.For(name, known)));
            }
        }

        SamplingDesign design = parsed.GetValue(_design) switch
        {
            "random" => SamplingDesign.Random,
            "latin-hypercube" or "lhs" => SamplingDesign.LatinHypercube,
            "sobol" => SamplingDesign.Sobol,
            "grid" => SamplingDesign.Grid,
            _ => plan.Design,
        };
        Solver solver = SolverChoice.Read(
            parsed.GetValue(_solver), parsed.GetValue(_rtol), parsed.GetValue(_atol), null, parsed.GetValue(_step), plan.Solver, faults);
        return plan with { Values = values, Design = design, Seed = parsed.GetValue(_seed) ?? plan.Seed, Solver = solver };
    }
}
