using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Estimation;

/// <summary>How small deviations of the states pass an event: the exact first-order map of a transition.</summary>
/// <remarks>
/// <para>
/// Xi = D_x R + (f+ - D_x R f- - D_t R) D_x g / (D_t g + D_x g f-), with the guard g, the reset R and the flows before and after.
/// All derivatives are exact, those over time included: moving guards, resets and inputs that change. A covariance passes
/// the event as Xi P Xi'; the Jacobian of the reset alone forgets that a neighbour jumps at another time.
/// </para>
/// <para>
/// Valid to first order and away from grazing: D_t g + D_x g f- must not vanish within the deviations.
/// N. J. Kong, J. J. Payne, G. Council and A. M. Johnson, The Salted Kalman Filter, Automatica 131 (2021). One thread at a time.
/// </para>
/// </remarks>
public sealed class SaltationMatrix
{
    private readonly EventMap _map;
    private readonly FlowEquations _flow;
    private readonly double[] _initial;
    private readonly double[] _data;

    private SaltationMatrix(EventMap map, FlowEquations flow)
    {
        (_map, _flow) = (map, flow);
        _initial = flow.NewData();
        _data = new double[_initial.Length];
    }

    /// <summary>The number n of states.</summary>
    public int StateCount => _flow.Compiled.StateCount;

    /// <summary>Rate of the guard along the flow before the event of the last evaluation; zero where it grazes.</summary>
    public double GuardRate => _map.Rate;

    /// <summary>Gradient of the guard at the last evaluation, n numbers.</summary>
    public ReadOnlySpan<double> GuardGradient => _map.Gradient;

    /// <summary>Prepares the matrix of a transition.</summary>
    /// <param name="automaton">The model.</param>
    /// <param name="transition">Name of the transition.</param>
    /// <exception cref="ModelException">The transition is unknown, or something it needs is a delegate; every finding at once.</exception>
    public static SaltationMatrix For(HybridAutomaton automaton, string transition)
    {
        ArgumentNullException.ThrowIfNull(automaton);
        CompiledAutomaton compiled = automaton.Compiled;
        int number = -1;
        for (int i = 0; i < automaton.Transitions.Length && number < 0; i++)
        {
            number = automaton.Transitions[i].Name == transition ? i : -1;
        }

        if (number < 0)
        {
            throw new ModelException(automaton.Name, $"no transition '{transition}'",
                Suggestions.For(transition, automaton.Transitions.Select(t => t.Name)));
        }

        Transition source = automaton.Transitions[number];
        Finding[] findings = [.. HybridModelCheck.Delegates(automaton, [source.From, source.To])];
        if (findings.Length > 0)
        {
            throw new ModelException(findings);
        }

        var none = new Expr[automaton.States.Length, 0];
        FlowEquations after = FlowEquations.Of(automaton, source.To, none);
        int direction = source.Rule is EdgeRule { Direction: EdgeDirection.Down } ? -1 : 1;
        return new SaltationMatrix(
            new EventMap(EventEquations.Of(compiled, number, direction), after, new ChoiceSlots(compiled)), after);
    }

    /// <summary>Evaluates the matrix at an event.</summary>
    /// <param name="time">Time of the event, in seconds.</param>
    /// <param name="before">The n states before it, where the guard vanishes.</param>
    /// <param name="after">Receives the n states after it.</param>
    /// <param name="matrix">Receives Xi, n by n, row-major.</param>
    /// <param name="discretes">The discrete variables before it, in the order of the model; empty for their initial values.</param>
    /// <param name="inputs">Inputs that are held; empty for the signals of the model.</param>
    /// <returns>False if there is none: the guard grazes, or a number is not finite.</returns>
    /// <exception cref="ModelException">The number of values is wrong.</exception>
    public bool Evaluate(
        double time,
        ReadOnlySpan<double> before,
        Span<double> after,
        Span<double> matrix,
        ReadOnlySpan<double> discretes = default,
        ReadOnlySpan<double> inputs = default)
    {
        CompiledAutomaton compiled = _flow.Compiled;
        CovarianceFactor.CheckCount("before", before.Length, StateCount);
        _initial.CopyTo(_data, 0);
        if (!discretes.IsEmpty)
        {
            CovarianceFactor.CheckCount("discretes", discretes.Length, compiled.Automaton.Discretes.Length);
            discretes.CopyTo(_data.AsSpan(compiled.FirstDiscrete));
        }

        if (!inputs.IsEmpty)
        {
            CovarianceFactor.CheckCount("inputs", inputs.Length, compiled.Inputs.Length);
        }

        _flow.WriteInputs(time, inputs, _data);
        bool good = _map.Evaluate(time, before, _data, located: true);
        _map.After.CopyTo(after);
        _map.Matrix.CopyTo(matrix);
        return good;
    }
}
