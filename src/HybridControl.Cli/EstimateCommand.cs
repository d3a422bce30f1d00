using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Numerics;
using HybridControl.Plotting;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Cli;

/// <summary><c>hybrid estimate</c>: mode probabilities and states from a model and a table of measurements.</summary>
internal sealed class EstimateCommand : Command
{
    private readonly Argument<string> _model = new("model") { Description = "Model file, or the name of a model that 'hybrid models' lists." };
    private readonly Option<string> _data = new("--data", "-d")
    {
        Description = "Measurements as .csv: a column 'time', and one for each sensor or input; an empty field is missing.",
        HelpName = "file",
        Required = true,
    };

    private readonly Option<string?> _out = new("--out", "-o") { Description = "Save mode probabilities, states and innovations as .csv.", HelpName = "file" };
    private readonly Option<string?> _plot = new("--plot") { Description = "Save a plot of the states, with modes and measurements, as .svg, .png or .pdf.", HelpName = "file" };
    private readonly Option<IReadOnlyList<(string Name, double Value)>> _measure =
        OptionValues.Settings("--measure", "Measures a state or output with this standard deviation; replaces that of the model. May be repeated.");

    private readonly Option<IReadOnlyList<(string Name, double Value)>> _noise =
        OptionValues.Settings("--noise", "Process noise of a state, its unit per square root of a second; replaces that of the model. May be repeated.");

    private readonly Option<IReadOnlyList<(string Name, double Value)>> _initial =
        OptionValues.Settings("--uncertain", "Standard deviation of the initial value of a state; replaces that of the model. May be repeated.");

    private readonly Option<IReadOnlyList<(string Name, double Value)>> _set =
        OptionValues.Settings("--set", "Replaces a parameter or an initial value; may be repeated.");

    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print errors only." };

    public EstimateCommand(Terminal terminal, CancellationToken cancellation)
        : base("estimate", "Estimates modes and states from measurements. Exit codes: see hybrid --help.")
    {
        Add(_model);
        foreach (Option option in new Option[] { _data, _out, _plot, _measure, _noise, _initial, _set, _quiet })
        {
            Add(option);
        }

        SetAction(parsed => Run(parsed, terminal, cancellation));
    }

    private int Run(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        string? table = parsed.GetValue(_out);
        string? plot = parsed.GetValue(_plot);
        string data = parsed.GetRequiredValue(_data);
        OutputFile.Check("--out", table, ".csv");
        OutputFile.Check("--plot", plot, PictureOptions.Extensions);
        string path = ModelFinder.Resolve(parsed.GetRequiredValue(_model));
        OutputFile.CheckDistinct(("the model", path), ("--data", data), ("--out", table), ("--plot", plot));
        HybridAutomaton model = ModelFinder.Load(path);
        HybridEstimator estimator = HybridEstimator.For(
            Scenario.For(model),
            Setup(parsed, model),
            new HybridEstimatorOptions { Values = (parsed.GetValue(_set) ?? []).ToImmutableDictionary(entry => entry.Name, entry => entry.Value) });
        MeasurementModel sensor = estimator.Sensor ?? throw new UsageException(
            "--measure", $"'{model.Name}' has no sensors", "Say what is measured, for instance --measure T=0.5, or in the section \"estimation\" of the model.");
        MeasurementTable measurements = MeasurementTable.LoadCsv(data, sensor.Names, [.. model.Inputs.Select(input => input.Name)]);

        bool quiet = parsed.GetValue(_quiet);
        (EstimationHistory history, EstimationStatus status) = Estimate(estimator, measurements, quiet, terminal, cancellation);
        bool stopped = cancellation.IsCancellationRequested && history.Count < measurements.Times.Length;
        if (!quiet && history.Count > 0)
        {
            EstimateReport.Write(estimator, history, terminal);
        }

        if (table is not null)
        {
            history.SaveCsv(table);
            Say(quiet, terminal, $"Estimates: {table}");
        }

        if (plot is not null && history.Count > 1)
        {
            BeliefPlot drawing = history.Plot().WithModes().Title(model.Name);
            (history.States.Any(history.Measurements.Contains) ? drawing.WithMeasurements() : drawing).Save(plot);
            Say(quiet, terminal, $"Plot: {plot}");
        }

        return Conclude(estimator, status, stopped, terminal);
    }

    private static (EstimationHistory History, EstimationStatus Status) Estimate(
        HybridEstimator estimator, MeasurementTable measurements, bool quiet, Terminal terminal, CancellationToken cancellation)
    {
        HybridAutomaton model = estimator.Automaton;
        double[] z = new double[estimator.Sensor!.Count];
        double[] inputs = new double[model.Inputs.Length];
        string[] modes = [.. model.Modes.Select(mode => mode.Name)];
        var recorder = new EstimationRecorder(
            estimator.StateNames, estimator.Sensor.Names, modes, [.. model.States.Select(state => state.Unit)], rows: measurements.Times.Length);
        var status = EstimationStatus.Done;
        using var progress = new ProgressLine(terminal, !quiet, Stopwatch.StartNew());
        for (int row = 0; row < measurements.Times.Length && status == EstimationStatus.Done && !cancellation.IsCancellationRequested; row++)
        {
            measurements.Read(row, z, inputs);
            status = estimator.Predict(measurements.Times[row], inputs);
            if (status != EstimationStatus.Done)
            {
                break;
            }

            EstimationStatus updated = estimator.Update(z);
            if (updated is EstimationStatus.Missing)
            {
                recorder.RecordPrediction(estimator, estimator.ModeProbabilities);
            }
            else
            {
                recorder.Record(estimator, z, modeProbabilities: estimator.ModeProbabilities);
                status = updated is EstimationStatus.Done or EstimationStatus.Gated ? EstimationStatus.Done : updated;
            }

            progress.Report(new SimulationProgress(estimator.Time, measurements.Times[^1], estimator.Hypotheses.Max(h => h.EventCount), row + 1));
        }

        return (recorder.ToHistory(), status);
    }

    private static int Conclude(HybridEstimator estimator, EstimationStatus status, bool stopped, Terminal terminal)
    {
        if (stopped)
        {
            terminal.WriteError("hybrid estimate", FormattableString.Invariant($"stopped at t = {estimator.Time:G6} s"), "What was computed up to there is kept.");
            return ExitCode.Cancelled;
        }

        if (status == EstimationStatus.Done)
        {
            return ExitCode.Ok;
        }

        (string what, string mend) = status switch
        {
            EstimationStatus.FlowFailed => ("the flow cannot be integrated from the belief", "Look for singular flows near the estimate, or start with smaller deviations."),
            EstimationStatus.SolverTooCoarse => ("the solver is too coarse: the process noise came out with a negative variance", "Give the solver a finer step or tolerance."),
            EstimationStatus.Zeno => ("events come faster than they can be followed", "Add a mode for what comes after them, such as rest, or make resets disable the guards that fired."),
            EstimationStatus.OutOfRange => ("a measurement is so far from what was expected that its likelihood is no number", "Check its unit, or leave the field empty."),
            EstimationStatus.Contradiction => ("a measurement without noise contradicts what is known exactly", "Give the sensor or the initial values a deviation."),
            _ => ($"the estimation ended: {status}", "No hypothesis explains the measurements: check deviations, noise and initial modes."),
        };
        terminal.WriteError("hybrid estimate", FormattableString.Invariant($"{what}, at t = {estimator.Time:G6} s"), mend);
        return ExitCode.RunFailed;
    }

    // The section of the model with what the command line replaces.
    private EstimationSetup? Setup(ParseResult parsed, HybridAutomaton model)
    {
        var faults = new List<Finding>();
        EstimationSetup? setup = model.Estimation;
        foreach ((string name, double value) in parsed.GetValue(_measure) ?? [])
        {
            setup ??= new EstimationSetup();
            Expr? target = model.States.Any(state => state.Name == name)
                ? Expr.Variable(VariableKind.State, name)
                : model.Outputs.FirstOrDefault(output => output.Name == name) is { } output ? Expr.Alias(name, output.Definition) : null;
            Sensor? known = setup.Sensors.FirstOrDefault(sensor => sensor.Name == name);
            if (known is null && target is null)
            {
                faults.Add(new("--measure", $"'{model.Name}' has no state, output or sensor '{name}'",
                    Suggestions.For(name, [.. model.States.Select(s => s.Name), .. model.Outputs.Select(o => o.Name), .. setup.Sensors.Select(s => s.Name)])));
                continue;
            }

            setup = setup with
            {
                Sensors = known is null
                    ? setup.Sensors.Add(new Sensor(name, target!, value))
                    : setup.Sensors.Replace(known, known with { Deviation = value }),
            };
        }

        string[] states = [.. model.States.Select(state => state.Name)];
        IReadOnlyList<(string Name, double Value)> noise = parsed.GetValue(_noise) ?? [];
        IReadOnlyList<(string Name, double Value)> initial = parsed.GetValue(_initial) ?? [];
        foreach ((string option, string name) in noise.Select(entry => ("--noise", entry.Name)).Concat(initial.Select(entry => ("--uncertain", entry.Name))))
        {
            if (!states.Contains(name))
            {
                faults.Add(new(option, $"'{model.Name}' has no state '{name}'", Suggestions.For(name, states)));
            }
        }

        if (faults.Count > 0)
        {
            throw new UsageException(faults);
        }

        return setup is null ? null : setup with
        {
            ProcessNoise = Replace(setup.ProcessNoise, noise),
            InitialDeviations = Replace(setup.InitialDeviations, initial),
        };
    }

    private static ImmutableArray<Assignment> Replace(ImmutableArray<Assignment> entries, IReadOnlyList<(string Name, double Value)> with) =>
    [
        .. entries.Where(entry => with.All(other => other.Name != entry.Target)),
        .. with.Select(entry => new Assignment(entry.Name, entry.Value)),
    ];

    private static void Say(bool quiet, Terminal terminal, string line)
    {
        if (!quiet)
        {
            terminal.Output.WriteLine(line);
        }
    }
}
