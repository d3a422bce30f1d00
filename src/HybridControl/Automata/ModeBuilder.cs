using System.Collections.Immutable;
using HybridControl.Automata.Hierarchy;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Describes one mode while a model is built.</summary>
public sealed class ModeBuilder
{
    private readonly List<Assignment> _derivatives = [];
    private readonly List<Invariant> _invariants = [];
    private readonly List<AlgebraicEquation> _equations = [];
    private readonly List<MassEntry> _mass = [];
    private readonly List<DiffusionTerm> _diffusion = [];
    private readonly List<ModeBuilder> _children = [];
    private readonly List<Assignment> _entry = [];
    private readonly List<Assignment> _exit = [];
    private ModeBuilder? _initial;
    private bool _hasHistory;
    private DelegateFlow? _function;
    private ImmutableArray<string>? _states;

    internal ModeBuilder(string name) => Name = name;

    /// <summary>Name of the mode; inside another, that of the other, a point and its own.</summary>
    public string Name { get; }

    /// <summary>Says which states exist in this mode; without it all do.</summary>
    /// <remarks>A transition to this mode has to reset those that its source lacks.</remarks>
    public ModeBuilder With(params ReadOnlySpan<Expr> states)
    {
        var names = ImmutableArray.CreateBuilder<string>(states.Length);
        foreach (Expr state in states)
        {
            names.Add(NameOf(state));
        }

        _states = names.MoveToImmutable();
        return this;
    }

    /// <summary>Declares a mode inside this one, which takes over its flow, invariants and transitions.</summary>
    /// <remarks>
    /// The flow of a state is that of the innermost mode which declares one; of transitions that are due together with equal
    /// priority, those of inner modes go first. The finished model has the innermost modes only.
    /// </remarks>
    public ModeBuilder Mode(string name)
    {
        var child = new ModeBuilder($"{Name}.{name}");
        _children.Add(child);
        return child;
    }

    /// <summary>Chooses the mode inside that is entered first; by default the first declared.</summary>
    public ModeBuilder StartIn(ModeBuilder child)
    {
        _initial = child;
        return this;
    }

    /// <summary>Lets a transition into this mode lead to the mode inside that was active last.</summary>
    /// <remarks>One level deep. The discrete variable <c>name.history</c> holds the number of that mode, from zero.</remarks>
    public ModeBuilder History()
    {
        _hasHistory = true;
        return this;
    }

    /// <summary>Sets a variable whenever the mode is entered, after the reset of the transition and the entries of the modes around.</summary>
    public ModeBuilder Entry(Expr variable, Expr value)
    {
        _entry.Add(new(NameOf(variable), value));
        return this;
    }

    /// <summary>Sets a variable whenever the mode is left, before the reset of the transition and the exits of the modes around.</summary>
    public ModeBuilder Exit(Expr variable, Expr value)
    {
        _exit.Add(new(NameOf(variable), value));
        return this;
    }

    /// <summary>Sets the time derivative of one state. A state without one rests in this mode.</summary>
    public ModeBuilder Flow(Expr state, Expr derivative)
    {
        _derivatives.Add(new(NameOf(state), derivative));
        return this;
    }

    /// <summary>Sets the time derivatives of two states.</summary>
    public ModeBuilder Flow((Expr, Expr) states, (Expr, Expr) derivatives) =>
        Flow(states.Item1, derivatives.Item1).Flow(states.Item2, derivatives.Item2);

    /// <summary>Sets the time derivatives of three states.</summary>
    public ModeBuilder Flow((Expr, Expr, Expr) states, (Expr, Expr, Expr) derivatives) =>
        Flow((states.Item1, states.Item2), (derivatives.Item1, derivatives.Item2)).Flow(states.Item3, derivatives.Item3);

    /// <summary>Sets the time derivatives of four states.</summary>
    public ModeBuilder Flow((Expr, Expr, Expr, Expr) states, (Expr, Expr, Expr, Expr) derivatives) =>
        Flow((states.Item1, states.Item2, states.Item3), (derivatives.Item1, derivatives.Item2, derivatives.Item3))
            .Flow(states.Item4, derivatives.Item4);

    /// <summary>States the equation of an algebraic variable: left = right at all times in this mode.</summary>
    /// <param name="variable">The algebraic variable that the equation stands for; it need not be solved for it.</param>
    /// <param name="left">The left side.</param>
    /// <param name="right">The right side.</param>
    /// <example><code>mode.Equation(i, R * i, u - v);</code></example>
    public ModeBuilder Equation(Expr variable, Expr left, Expr right)
    {
        _equations.Add(new(NameOf(variable), left, right));
        return this;
    }

    /// <summary>States the equation of an algebraic variable: 0 = residual at all times in this mode.</summary>
    public ModeBuilder Equation(Expr variable, Expr residual) => Equation(variable, residual, Expr.Zero);

    /// <summary>Sets an entry of the mass matrix: the flow of a state becomes the sum of its entries times derivatives.</summary>
    /// <param name="row">The state whose flow the row equates.</param>
    /// <param name="column">The state whose derivative is multiplied.</param>
    /// <param name="value">A number, or an expression of parameters and discrete variables.</param>
    /// <remarks>A row with entries has just these, also on the diagonal; a row without any is that of the identity.</remarks>
    /// <example><code>mode.Mass(v, v, m).Mass(v, w, c).Flow(v, force); // m v' + c w' = force</code></example>
    public ModeBuilder Mass(Expr row, Expr column, Expr value)
    {
        _mass.Add(new(NameOf(row), NameOf(column), value));
        return this;
    }

    /// <summary>Writes the flow as a C# method; CPU only.</summary>
    /// <param name="function">Writes every derivative.</param>
    /// <param name="jacobian">Writes the derivatives by the states, for implicit methods; null for differences.</param>
    /// <param name="pattern">Where these may differ from zero, n by n; null for everywhere.</param>
    public ModeBuilder Flow(FlowFunction function, FlowJacobian? jacobian = null, SparsityPattern? pattern = null)
    {
        _function = new DelegateFlow(function) { Jacobian = jacobian, Pattern = pattern };
        return this;
    }

    /// <summary>Adds noise to the rate of a state: dx = f dt + coefficient dW (Ito), W being the state's own Wiener process.</summary>
    /// <param name="state">The state.</param>
    /// <param name="coefficient">In units of the state per square root of a second; read at the start of each step.</param>
    /// <remarks>Needs a stochastic solver, such as <see cref="Solvers.EulerMaruyama"/> or <see cref="Solvers.Milstein"/>.</remarks>
    public ModeBuilder Diffusion(Expr state, Expr coefficient)
    {
        string name = NameOf(state);
        _diffusion.Add(new(name, name, coefficient));
        return this;
    }

    /// <summary>Adds noise of a named Wiener process, which may act on several states.</summary>
    /// <param name="state">The state.</param>
    /// <param name="process">The process, as <see cref="AutomatonBuilder.Wiener"/> returned it.</param>
    /// <param name="coefficient">In units of the state per square root of a second; read at the start of each step.</param>
    public ModeBuilder Diffusion(Expr state, WienerProcess process, Expr coefficient)
    {
        ArgumentNullException.ThrowIfNull(process);
        _diffusion.Add(new(NameOf(state), process.Name, coefficient));
        return this;
    }

    /// <summary>Adds a condition that must hold while the mode is active.</summary>
    public ModeBuilder Invariant(Condition condition)
    {
        _invariants.Add(new(condition));
        return this;
    }

    internal static string NameOf(Expr variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        return variable.Operation == Operation.Variable
            ? variable.Name!
            : throw new ModelException(variable.ToString(), "an expression cannot be assigned", "Name a variable.");
    }

    internal NestedMode ToNested() => new(ToMode(), [.. _children.Select(child => child.ToNested())])
    {
        Entry = [.. _entry],
        Exit = [.. _exit],
        Initial = _initial?.Name,
        HasHistory = _hasHistory,
    };

    private Mode ToMode()
    {
        if (_function is not null && _derivatives.Count > 0)
        {
            throw new ModelException(
                $"modes.{Name}.flow", "a mode has either a delegate flow or expressions, not both", "Remove one of them.");
        }

        Flow flow = _function is null ? new ExprFlow([.. _derivatives]) : _function;
        return new Mode(Name, flow, [.. _invariants])
        {
            States = _states,
            Equations = [.. _equations],
            Mass = [.. _mass],
            Diffusion = [.. _diffusion],
        };
    }
}
