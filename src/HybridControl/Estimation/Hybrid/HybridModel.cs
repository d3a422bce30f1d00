using System.Runtime.InteropServices;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Estimation;

/// <summary>Everything that a hybrid estimator computes with, compiled from an automaton and its section of estimation.</summary>
/// <remarks>Work space of one estimator.</remarks>
internal sealed class HybridModel
{
    private readonly int[][] _located;
    private readonly int[][] _commanded;

    private HybridModel(
        HybridAutomaton automaton, EstimationSetup setup, HybridEstimatorOptions options, Func<string, IReadOnlyList<Assignment>> clocks)
    {
        Automaton = automaton;
        Compiled = automaton.Compiled;
        Choices = new ChoiceSlots(Compiled);
        (string, Expr)[] noise = [.. setup.ProcessNoise.Select(entry => (entry.Target, entry.Value))];
        Flows = [.. automaton.Modes.Select(mode => FlowTransition.For(automaton, mode.Name, options.Solver, noise))];
        InitialData = Flows[0].Equations.NewData();
        var events = new List<EventEquations>();
        for (int i = 0; i < automaton.Transitions.Length; i++)
        {
            foreach (int direction in DirectionsOf(automaton.Transitions[i].Rule))
            {
                events.Add(EventEquations.Of(Compiled, i, direction));
            }
        }

        Events = [.. events];
        Views = [.. Events.Select(e => new GuardView(e, WidthOf(setup, e.Transition.Name), Choices, Compiled.StateCount))];
        Maps = [.. Events.Select(e => new EventMap(e, Flows[e.To].Equations, Choices))];
        _located = [.. automaton.Modes.Select((_, mode) => NumbersWhere(e => e.From == mode && e.Transition.Rule is not CommandRule))];
        _commanded = [.. automaton.Modes.Select((_, mode) => NumbersWhere(e => e.From == mode && e.Transition.Rule is CommandRule))];
        Rates = [.. setup.Switching.Select(rate => RateOf(rate, clocks))];
        SensorData = [.. InitialData];
        Sensor = setup.Sensors.IsEmpty ? null : MakeSensor(setup);
        MaximumSurfaces = Math.Max(1, _located.Max(list => list.Length));
    }

    public HybridAutomaton Automaton { get; }

    public CompiledAutomaton Compiled { get; }

    public ChoiceSlots Choices { get; }

    /// <summary>The flow of each mode.</summary>
    public FlowTransition[] Flows { get; }

    /// <summary>The data block at the start.</summary>
    public double[] InitialData { get; }

    /// <summary>Transitions; one that fires in both directions is two.</summary>
    public EventEquations[] Events { get; }

    /// <summary>The guard of each event.</summary>
    public GuardView[] Views { get; }

    /// <summary>The jump of each event.</summary>
    public EventMap[] Maps { get; }

    /// <summary>Changes of mode by chance.</summary>
    public (int From, int To, double Rate, ChanceEntry Entry)[] Rates { get; }

    /// <summary>All sensors of the model as one; null if it has none.</summary>
    public MeasurementModel? Sensor { get; }

    /// <summary>The data block that <see cref="Sensor"/> reads.</summary>
    public double[] SensorData { get; }

    /// <summary>The most guards that are watched in any mode.</summary>
    public int MaximumSurfaces { get; }

    /// <summary>The events that a mode watches: all but commands.</summary>
    public ReadOnlySpan<int> Located(int mode) => _located[mode];

    /// <summary>The events of a mode that wait for a command.</summary>
    public ReadOnlySpan<int> Commanded(int mode) => _commanded[mode];

    /// <summary>Whether an event may fire because it is enabled, not only because it becomes so.</summary>
    public bool IsUrgent(int number) => Events[number].Transition.Rule is UrgentRule;

    /// <summary>Compiles a model.</summary>
    /// <exception cref="ModelException">Something cannot be estimated; every finding at once.</exception>
    public static HybridModel Of(HybridAutomaton automaton, EstimationSetup? setup, HybridEstimatorOptions options)
    {
        HybridAutomaton given = WithValues(automaton with { Estimation = setup ?? automaton.Estimation }, options);
        AutomatonValidator.ThrowIfInvalid(given);
        List<Finding> findings = [.. HybridModelCheck.Check(given)];
        if (given.Estimation is null)
        {
            findings.Add(new Finding("estimation", "the model does not say what is measured and what is uncertain",
                "Add the section \"estimation\", in C# h.Estimation(...), or give a setup."));
        }

        if (findings.Count > 0)
        {
            throw new ModelException(findings);
        }

        return new HybridModel(TimerStates.Expand(given), given.Estimation!, options, mode => TimerStates.ClocksOf(given, mode));
    }

    /// <summary>The belief at the start; states without a deviation are known.</summary>
    public GaussianBelief InitialBelief(EstimationSetup setup)
    {
        int n = Compiled.StateCount;
        var values = new Real64[Compiled.InitialValues.OutputCount];
        Compiled.InitialValues.Evaluate(
            default, [], InitialData, new Real64[Compiled.InitialValues.RegisterCount].AsSpan(), values.AsSpan());
        double[] deviations = new double[n];
        foreach (Assignment entry in setup.InitialDeviations)
        {
            deviations[Compiled.Slots[VariableKind.State, entry.Target]] = NumberOf(entry.Value);
        }

        return GaussianBelief.FromDeviations(MemoryMarshal.Cast<Real64, double>(values)[..n], deviations);
    }

    /// <summary>The value of an expression of parameters.</summary>
    public double NumberOf(Expr expression) => ExprProgram.Compile(Compiled.Slots, expression).EvaluateScalar(0.0, [], InitialData);

    private static int[] DirectionsOf(FiringRule rule) => rule switch
    {
        EdgeRule { Direction: EdgeDirection.Both } => [1, -1],
        EdgeRule { Direction: EdgeDirection.Down } => [-1],
        _ => [1],
    };

    private static HybridAutomaton WithValues(HybridAutomaton automaton, HybridEstimatorOptions options)
    {
        if (options.Values.IsEmpty)
        {
            return automaton;
        }

        string[] known =
        [
            .. automaton.Parameters.Select(p => p.Name), .. automaton.States.Select(s => s.Name), .. automaton.Discretes.Select(d => d.Name),
        ];
        Finding[] findings =
        [
            .. options.Values.Where(entry => !known.Contains(entry.Key) || !double.IsFinite(entry.Value)).Select(entry => new Finding(
                $"values.{entry.Key}",
                known.Contains(entry.Key) ? FormattableString.Invariant($"the value is {entry.Value}") : $"unknown name '{entry.Key}'",
                known.Contains(entry.Key) ? "Give a finite number." : Suggestions.For(entry.Key, known))),
        ];
        if (findings.Length > 0)
        {
            throw new ModelException(findings);
        }

        Expr Initial(string name, Expr initial) => options.Values.TryGetValue(name, out double value) ? value : initial;
        return automaton with
        {
            Parameters = [.. automaton.Parameters.Select(p => p with { Value = options.Values.GetValueOrDefault(p.Name, p.Value) })],
            States = [.. automaton.States.Select(s => s with { Initial = Initial(s.Name, s.Initial) })],
            Discretes = [.. automaton.Discretes.Select(d => d with { Initial = Initial(d.Name, d.Initial) })],
        };
    }

    private (int From, int To, double Rate, ChanceEntry Entry) RateOf(SwitchingRate rate, Func<string, IReadOnlyList<Assignment>> clocks)
    {
        (int from, int to) = (Compiled.NumberOf(rate.From), Compiled.NumberOf(rate.To));
        return (from, to, NumberOf(rate.Rate), new ChanceEntry(Compiled, Flows[from].Equations, Flows[to].Equations, clocks(rate.To)));
    }

    private double WidthOf(EstimationSetup setup, string transition) =>
        setup.GuardWidths.FirstOrDefault(entry => entry.Target == transition) is { } width ? NumberOf(width.Value) : 0.0;

    private int[] NumbersWhere(Func<EventEquations, bool> wanted) =>
        [.. Enumerable.Range(0, Events.Length).Where(i => wanted(Events[i]))];

    private ExpressionMeasurement MakeSensor(EstimationSetup setup)
    {
        int m = setup.Sensors.Length;
        double[] deviations = [.. setup.Sensors.Select(sensor => NumberOf(sensor.Deviation))];
        var r = new double[m, m];
        for (int i = 0; i < m; i++)
        {
            r[i, i] = deviations[i] * deviations[i];
        }

        string[] names = [.. setup.Sensors.Select(sensor => sensor.Name)];
        foreach (SensorCorrelation correlation in setup.Correlations)
        {
            (int i, int j) = (Array.IndexOf(names, correlation.First), Array.IndexOf(names, correlation.Second));
            r[i, j] = r[j, i] = correlation.Value * deviations[i] * deviations[j];
        }

        string[] states = [.. Automaton.States.Select(state => state.Name)];
        return new ExpressionMeasurement(
            Compiled.Slots, states, [.. setup.Sensors.Select(sensor => (sensor.Name, sensor.Value))], r, SensorData);
    }
}
