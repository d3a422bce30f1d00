using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Estimation;

/// <summary>Estimates mode and states of a hybrid automaton from noisy measurements; everything it needs comes from the model.</summary>
/// <remarks>
/// <para>
/// The belief is a mixture of Gaussians, one for each hypothesis about what happened: which mode, after which sequence of events.
/// A prediction flows each hypothesis with its variational equations. Where its belief reaches a guard, the part that has
/// passed it in a substep (a strip of the Gaussian, with its exact moments) becomes a hypothesis after the event, moved
/// there by the saltation matrix around its own mean; what is left is a Gaussian cut off at the guard and is kept as such, so that
/// nothing leaks. Strips of one event merge into one Gaussian by moment matching. Near grazing, where the saltation matrix is
/// no measure, sigma points pass the event one by one.
/// </para>
/// <para>
/// A measurement updates each hypothesis as the extended Kalman filter does, and weighs it by its likelihood, of the cut-off Gaussian
/// where it is one. Hypotheses of the same mode and values that have come close merge, improbable ones are dropped.
/// Urgent transitions, edges, timers, commands, resets of states and discrete variables are those of the simulator
/// (docs/theory/semantics.md); uncertain thresholds and changes by chance are those of the section of estimation.
/// </para>
/// <para>
/// Source: N. J. Kong, J. J. Payne, G. Council and A. M. Johnson, Automatica 131 (2021), 109752, for the saltation matrix in a Kalman filter;
/// the mixture of cut-off Gaussians is ours (docs/theory/estimation-hybrid.md). Not thread-safe. Once as many hypotheses as ever were
/// needed exist, a step allocates nothing.
/// </para>
/// </remarks>
public sealed partial class HybridEstimator : IModeEstimator
{
    private readonly HybridModel _model;
    private readonly HybridEstimatorOptions _options;
    private readonly StateGeometry _geometry;
    private readonly TimedCommand[] _commands;
    private readonly List<ModeHypothesis> _active = [];
    private readonly Stack<ModeHypothesis> _free = new();
    private readonly double[] _modeProbabilities;
    private readonly double[] _held;
    private int _nextCommand;

    private HybridEstimator(HybridModel model, HybridEstimatorOptions options, IEnumerable<TimedCommand> commands)
    {
        _model = model;
        _options = options;
        int n = model.Compiled.StateCount;
        _geometry = StateGeometry.Flat(n);
        _commands = [.. commands.OrderBy(command => command.At)];
        _modeProbabilities = new double[model.Automaton.Modes.Length];
        _held = new double[model.Compiled.Inputs.Length];
        _held.AsSpan().Fill(double.NaN);
        Belief = GaussianBelief.WithRoom(n);
        Time = options.StartTime;
        PredictionSpace(n);
        UpdateSpace(n);
        Start(model.Automaton.Estimation!);
    }

    /// <summary>Makes the estimator of a model.</summary>
    /// <param name="automaton">The model, with its section of estimation.</param>
    /// <param name="setup">What is measured and what is uncertain; null for what the model says.</param>
    /// <param name="options">How the estimator works; null for the defaults.</param>
    /// <exception cref="ModelException">Something in the model cannot be estimated: delegates, sampled controllers, ...; every finding at once.</exception>
    public static HybridEstimator For(
        HybridAutomaton automaton, EstimationSetup? setup = null, HybridEstimatorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(automaton);
        return For(Scenario.For(automaton, useExperiment: false), setup, options);
    }

    /// <summary>Makes the estimator of a model to which commands and settings are given at known times.</summary>
    /// <param name="scenario">The model and what is done to it.</param>
    /// <param name="setup">What is measured and what is uncertain; null for what the model says.</param>
    /// <param name="options">How the estimator works; null for the defaults.</param>
    /// <exception cref="ModelException">Something in the model or the scenario cannot be estimated; every finding at once.</exception>
    public static HybridEstimator For(Scenario scenario, EstimationSetup? setup = null, HybridEstimatorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        List<Finding> findings = [.. ScenarioValidator.Validate(scenario, new SimulationOptions())];
        if (!scenario.Blocks.IsEmpty)
        {
            findings.Add(new Finding("blocks", "sampled blocks compute from states that are known only roughly",
                "Give what the block puts out to the estimator as an input."));
        }

        return findings.Count > 0
            ? throw new ModelException(findings)
            : new HybridEstimator(HybridModel.Of(scenario.Model, setup, options ?? new()), options ?? new(), scenario.Commands);
    }

    /// <summary>Names of the states: those of the model, then the clocks of its timers.</summary>
    public IReadOnlyList<string> StateNames => _model.Flows[0].StateNames;

    /// <summary>The model that is estimated, with a clock for each timer.</summary>
    public HybridAutomaton Automaton => _model.Automaton;

    /// <summary>The sensors of the model as one measurement; null if it has none.</summary>
    public MeasurementModel? Sensor => _model.Sensor;

    /// <inheritdoc/>
    public int StateCount => Belief.Dimension;

    /// <inheritdoc/>
    public double Time { get; private set; }

    /// <inheritdoc/>
    public GaussianBelief Belief { get; }

    /// <inheritdoc/>
    public Innovation Innovation { get; } = new();

    /// <inheritdoc/>
    public double LogLikelihood { get; private set; }

    /// <summary>The probability of each mode of the model; a live view.</summary>
    public ReadOnlySpan<double> ModeProbabilities => _modeProbabilities;

    /// <summary>The most probable mode.</summary>
    public string MostLikelyMode
    {
        get
        {
            int best = 0;
            for (int i = 1; i < _modeProbabilities.Length; i++)
            {
                best = _modeProbabilities[i] > _modeProbabilities[best] ? i : best;
            }

            return _model.Automaton.Modes[best].Name;
        }
    }

    /// <summary>The hypotheses, in no order; a live view.</summary>
    public IReadOnlyList<ModeHypothesis> Hypotheses => _active;

    /// <summary>Parts of beliefs so far that met a guard too slowly for its saltation matrix, and passed it by sigma points.</summary>
    public long GrazingCount { get; private set; }

    /// <summary>The expected value of a discrete variable.</summary>
    /// <exception cref="ModelException">The name is unknown.</exception>
    public double ExpectedDiscrete(string name)
    {
        if (!_model.Compiled.Slots.TryGetSlot(VariableKind.Discrete, name, out int slot))
        {
            throw new ModelException("discrete", $"unknown name '{name}'",
                Numerics.Suggestions.For(name, _model.Automaton.Discretes.Select(d => d.Name)));
        }

        double sum = 0.0;
        foreach (ModeHypothesis hypothesis in _active)
        {
            sum += hypothesis.Probability * hypothesis.Data[slot];
        }

        return sum;
    }

    /// <summary>Gives a command now: it fires the transitions that wait for it where their guards are enabled.</summary>
    public void Command(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        BeginInstant();
        for (int i = 0; i < _keptCount; i++)
        {
            ModeHypothesis hypothesis = _active[i];
            foreach (int number in _model.Commanded(hypothesis.Mode))
            {
                if (((CommandRule)_model.Events[number].Transition.Rule).Label == label)
                {
                    (hypothesis.Time, hypothesis.Depth) = (Time, 0);
                    FireOnTheSpot(hypothesis, number);
                }
            }
        }

        EndInstant();
    }

    /// <summary>Sets a parameter, an input, a discrete variable or a state now, in all hypotheses.</summary>
    /// <exception cref="ModelException">The name is unknown or the value is not finite.</exception>
    public void Set(string name, double value)
    {
        var findings = ScenarioValidator.Validate(
            Scenario.For(_model.Automaton, useExperiment: false).At(Math.Max(0.0, Time), (name, value)), new SimulationOptions());
        if (findings.Length > 0)
        {
            throw new ModelException(findings);
        }

        SetNow(name, value);
    }

    private void SetNow(string name, double value)
    {
        SlotMap slots = _model.Compiled.Slots;
        for (int i = 0; i < _held.Length; i++)
        {
            if (_model.Compiled.Inputs[i].Name == name)
            {
                _held[i] = value;
            }
        }

        bool isState = slots.TryGetSlot(VariableKind.State, name, out int state);
        bool isData = slots.TryGetSlot(VariableKind.Parameter, name, out int slot) || slots.TryGetSlot(VariableKind.Discrete, name, out slot);
        BeginInstant();
        for (int i = 0; i < _keptCount; i++)
        {
            ModeHypothesis hypothesis = _active[i];
            if (isState)
            {
                hypothesis.State.MutableMean[state] = value;
                SetExactly(hypothesis.State, state);
            }
            else if (isData)
            {
                hypothesis.Data[slot] = value;
            }

            hypothesis.Depth = 0;
            Enter(hypothesis, Time);
        }

        EndInstant();
    }

    // A state that is set is known: its row of the factor vanishes, what it shared with others stays theirs.
    private static void SetExactly(GaussianBelief belief, int state)
    {
        int n = belief.Dimension;
        Span<double> factor = belief.MutableFactor;
        factor.Slice(state * n, n).Clear();
        Numerics.LowerTriangularization.Apply(factor, n, n);
    }

    private void Start(EstimationSetup setup)
    {
        GaussianBelief initial = _model.InitialBelief(setup);
        if (_options.Initial is { } given)
        {
            CovarianceFactor.CheckCount("options.initial", given.Dimension, initial.Dimension);
            initial = given;
        }

        double sum = 0.0;
        for (int mode = 0; mode < _modeProbabilities.Length; mode++)
        {
            string name = _model.Automaton.Modes[mode].Name;
            double weight = setup.InitialModes.IsEmpty
                ? (name == _model.Automaton.InitialMode ? 1.0 : 0.0)
                : setup.InitialModes.FirstOrDefault(candidate => candidate.Target == name) is { } entry ? _model.NumberOf(entry.Value) : 0.0;
            if (weight > 0.0)
            {
                ModeHypothesis hypothesis = Rent();
                hypothesis.State.CopyFrom(initial);
                _model.InitialData.CopyTo(hypothesis.Data, 0);
                (hypothesis.Mode, hypothesis.History, hypothesis.EventCount, hypothesis.Depth) = (mode, 0, 0, 0);
                hypothesis.LogWeight = Math.Log(weight);
                _active.Add(hypothesis);
                sum += weight;
            }
        }

        Normalize();
        BeginInstant();
        for (int i = 0; i < _keptCount; i++)
        {
            Enter(_active[i], Time);
        }

        EndInstant();
    }

    private ModeHypothesis Rent() => _free.TryPop(out ModeHypothesis? hypothesis)
        ? hypothesis
        : new ModeHypothesis(_model.Compiled.StateCount, _model.Compiled.DataCount, _model.MaximumSurfaces);
}
