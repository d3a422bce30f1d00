using System.Collections.Immutable;
using HybridControl.Automata.Hierarchy;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Collects the parts of an automaton while a C# lambda describes it.</summary>
/// <remarks>
/// Every declaration returns an <see cref="Expr"/> to write equations with. The first mode declared is the initial one
/// unless <see cref="StartIn"/> says otherwise. Not thread-safe. Nothing is checked until the model is complete.
/// </remarks>
public sealed class AutomatonBuilder
{
    private readonly string _name;
    private readonly List<StateVariable> _states = [];
    private readonly List<StateVariable> _algebraic = [];
    private readonly List<DiscreteVariable> _discretes = [];
    private readonly List<Parameter> _parameters = [];
    private readonly List<InputVariable> _inputs = [];
    private readonly List<LookupTable> _tables = [];
    private readonly List<WienerProcess> _wiener = [];
    private readonly List<Output> _outputs = [];
    private readonly List<ModeBuilder> _modes = [];
    private readonly List<TransitionBuilder> _transitions = [];
    private readonly List<SampledUpdate> _updates = [];
    private string? _initialMode;
    private string _description = "";
    private string _source = "";
    private readonly List<SlidingModes> _sliding = [];
    private ZenoPolicy? _zeno;
    private Experiment? _experiment;
    private EstimationSetup? _estimation;

    internal AutomatonBuilder(string name) => _name = name;

    /// <summary>Time, in seconds.</summary>
    public Expr Time { get; } = Expr.Time;

    /// <summary>Declares a continuous state.</summary>
    /// <param name="name">Name, unique in the model.</param>
    /// <param name="initial">Value at the start, a number or an expression of parameters; zero if omitted.</param>
    /// <param name="unit">Unit as text.</param>
    public Expr State(string name, Expr? initial = null, string unit = "")
    {
        _states.Add(new(name, initial ?? Expr.Zero, unit));
        return Expr.Variable(VariableKind.State, name);
    }

    /// <summary>Declares an algebraic variable: it follows the states by an equation in each mode, see <see cref="ModeBuilder.Equation(Expr, Expr, Expr)"/>.</summary>
    /// <param name="name">Name, unique in the model.</param>
    /// <param name="start">Where the search for its value begins, a number or an expression of parameters; zero if omitted.</param>
    /// <param name="unit">Unit as text.</param>
    public Expr Algebraic(string name, Expr? start = null, string unit = "")
    {
        _algebraic.Add(new(name, start ?? Expr.Zero, unit) { IsAlgebraic = true });
        return Expr.Variable(VariableKind.State, name);
    }

    /// <summary>Declares a discrete variable: written by resets and sampled updates, at rest in between.</summary>
    public Expr Discrete(string name, Expr? initial = null, string unit = "")
    {
        _discretes.Add(new(name, initial ?? Expr.Zero, unit));
        return Expr.Variable(VariableKind.Discrete, name);
    }

    /// <summary>Declares a discrete variable that is a whole number.</summary>
    public Expr Integer(string name, Expr? initial = null, string unit = "")
    {
        _discretes.Add(new(name, initial ?? Expr.Zero, unit, DiscreteType.Integer));
        return Expr.Variable(VariableKind.Discrete, name);
    }

    /// <summary>Declares a discrete variable that is true or false, to be used as a condition.</summary>
    /// <param name="name">Name, unique in the model.</param>
    /// <param name="initial">Value at the start, a condition of parameters; false if omitted.</param>
    public BooleanVariable Boolean(string name, Condition? initial = null)
    {
        _discretes.Add(new(name, BooleanVariable.ValueOf(initial ?? Condition.False), "", DiscreteType.Boolean));
        return new(Expr.Variable(VariableKind.Discrete, name));
    }

    /// <summary>Declares a parameter.</summary>
    public Expr Parameter(string name, double value, string unit = "")
    {
        _parameters.Add(new(name, value, unit));
        return Expr.Variable(VariableKind.Parameter, name);
    }

    /// <summary>Declares an input.</summary>
    public Expr Input(string name, Signal signal, string unit = "")
    {
        _inputs.Add(new(name, signal, unit));
        return Expr.Variable(VariableKind.Input, name);
    }

    /// <summary>Declares a named expression, to be plotted, saved and used in other expressions.</summary>
    public Expr Output(string name, Expr definition, string unit = "")
    {
        _outputs.Add(new(name, definition, unit));
        return Expr.Alias(name, definition);
    }

    /// <summary>Declares a Wiener process for <see cref="ModeBuilder.Diffusion(Expr, WienerProcess, Expr)"/>: noise that several states share.</summary>
    public WienerProcess Wiener(string name)
    {
        var process = new WienerProcess(name);
        _wiener.Add(process);
        return process;
    }

    /// <summary>Declares a table of one argument; call the result with <c>table[x]</c>.</summary>
    public TableFunction Table(
        string name,
        ReadOnlySpan<double> x,
        ReadOnlySpan<double> y,
        Extrapolation extrapolation = Extrapolation.Hold,
        Interpolation interpolation = Interpolation.Linear)
    {
        var table = new LookupCurve(name, x, y, extrapolation, interpolation);
        _tables.Add(table);
        return new TableFunction(table);
    }

    /// <summary>Declares a table of two arguments, bilinear in each cell of its grid; call the result with <c>table[x, y]</c>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="x">The n breakpoints of the first argument, strictly increasing.</param>
    /// <param name="y">The m breakpoints of the second argument, strictly increasing.</param>
    /// <param name="z">n by m values: a row for each breakpoint of the first argument.</param>
    /// <param name="extrapolation">What the table gives outside its grid.</param>
    public SurfaceFunction Table(
        string name, ReadOnlySpan<double> x, ReadOnlySpan<double> y, double[,] z, Extrapolation extrapolation = Extrapolation.Hold)
    {
        ArgumentNullException.ThrowIfNull(z);
        if (z.GetLength(0) != x.Length || z.GetLength(1) != y.Length)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"Table '{name}': {z.GetLength(0)} by {z.GetLength(1)} values for {x.Length} by {y.Length} breakpoints."));
        }

        var table = new LookupSurface(name, x, y, z.Cast<double>().ToArray(), extrapolation);
        _tables.Add(table);
        return new SurfaceFunction(table);
    }

    /// <summary>Declares a mode.</summary>
    public ModeBuilder Mode(string name)
    {
        var mode = new ModeBuilder(name);
        _modes.Add(mode);
        return mode;
    }

    /// <summary>Declares a transition; without a guard it is always enabled.</summary>
    public TransitionBuilder Transition(ModeBuilder from, ModeBuilder to, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        var transition = new TransitionBuilder(from.Name, to.Name, name);
        _transitions.Add(transition);
        return transition;
    }

    /// <summary>Declares a sampled controller: discrete variables that are computed anew every <paramref name="period"/> seconds.</summary>
    /// <param name="name">Name for messages and logs.</param>
    /// <param name="period">Period in seconds.</param>
    /// <param name="assignments">Pairs of discrete variable and new value; all read the values before the tick.</param>
    public void Every(string name, Expr period, params ReadOnlySpan<(Expr Variable, Expr Value)> assignments) =>
        Every(name, period, Expr.Zero, assignments);

    /// <summary>Declares a sampled controller whose first tick comes <paramref name="offset"/> seconds after the start.</summary>
    public void Every(
        string name, Expr period, Expr offset, params ReadOnlySpan<(Expr Variable, Expr Value)> assignments)
    {
        var list = ImmutableArray.CreateBuilder<Assignment>(assignments.Length);
        foreach ((Expr variable, Expr value) in assignments)
        {
            list.Add(new(ModeBuilder.NameOf(variable), value));
        }

        _updates.Add(new(name, period, offset, list.DrainToImmutable()));
    }

    /// <summary>Chooses the initial mode.</summary>
    public void StartIn(ModeBuilder mode)
    {
        ArgumentNullException.ThrowIfNull(mode);
        _initialMode = mode.Name;
    }

    /// <summary>Says what the model is and where its numbers come from.</summary>
    public void Describe(string description, string source = "") => (_description, _source) = (description, source);

    /// <summary>Lets modes slide along a surface: one that chooses, two at a surface, or four around the intersection of two.</summary>
    /// <remarks>See <see cref="SlidingModes"/>. The finished model has the sliding modes as modes of its own.</remarks>
    public void Sliding(params ReadOnlySpan<ModeBuilder> modes)
    {
        var names = new List<string>();
        foreach (ModeBuilder mode in modes)
        {
            names.Add(mode.Name);
        }

        Sliding(new SlidingModes([.. names]));
    }

    /// <summary>Lets modes slide along a surface.</summary>
    public void Sliding(SlidingModes modes) => _sliding.Add(modes);

    /// <summary>Says what happens when events accumulate.</summary>
    public void Zeno(ZenoPolicy policy) => _zeno = policy;

    /// <summary>Suggests a first run.</summary>
    public void Suggest(Experiment experiment) => _experiment = experiment;

    /// <summary>Says what is measured and what is uncertain.</summary>
    /// <example><code>h.Estimation(e => e.Measure(T, 0.5).ProcessNoise(T, 0.1).InitialDeviation(T, 2));</code></example>
    public void Estimation(Action<EstimationBuilder> describe)
    {
        ArgumentNullException.ThrowIfNull(describe);
        var builder = new EstimationBuilder();
        describe(builder);
        _estimation = builder.ToSetup();
    }

    internal HybridAutomaton ToAutomaton()
    {
        var findings = new FindingList();
        HybridAutomaton flat = new ModeFlattener(Declared(), [.. _modes.Select(mode => mode.ToNested())], findings).Flatten();
        return findings.Count == 0 ? flat : throw new ModelException(
            [.. findings.ToImmutable(), .. AutomatonValidator.Validate(flat).Where(finding => finding.Severity == Severity.Error)]);
    }

    private HybridAutomaton Declared() => new()
    {
        Name = _name,
        Description = _description,
        Source = _source,
        States = [.. _states, .. _algebraic],
        Discretes = [.. _discretes],
        Parameters = [.. _parameters],
        Inputs = [.. _inputs],
        Tables = [.. _tables],
        WienerProcesses = [.. _wiener],
        Outputs = [.. _outputs],
        Transitions = [.. _transitions.Select(transition => transition.ToTransition())],
        SampledUpdates = [.. _updates],
        InitialMode = _initialMode ?? (_modes.Count > 0 ? _modes[0].Name : ""),
        Sliding = [.. _sliding],
        Zeno = _zeno,
        Experiment = _experiment,
        Estimation = _estimation,
    };
}
