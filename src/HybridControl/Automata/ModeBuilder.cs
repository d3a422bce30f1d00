using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Describes one mode while a model is built.</summary>
public sealed class ModeBuilder
{
    private readonly List<Assignment> _derivatives = [];
    private readonly List<Invariant> _invariants = [];
    private readonly List<DiffusionTerm> _diffusion = [];
    private FlowFunction? _function;
    private ImmutableArray<string>? _states;

    internal ModeBuilder(string name) => Name = name;

    /// <summary>Name of the mode.</summary>
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

    /// <summary>Writes the flow as a C# method; CPU only.</summary>
    public ModeBuilder Flow(FlowFunction function)
    {
        _function = function;
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

    internal Mode ToMode()
    {
        if (_function is not null && _derivatives.Count > 0)
        {
            throw new ModelException(
                $"modes.{Name}.flow", "a mode has either a delegate flow or expressions, not both", "Remove one of them.");
        }

        Flow flow = _function is null ? new ExprFlow([.. _derivatives]) : new DelegateFlow(_function);
        return new Mode(Name, flow, [.. _invariants]) { States = _states, Diffusion = [.. _diffusion] };
    }
}
