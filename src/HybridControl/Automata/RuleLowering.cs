using System.Collections.Immutable;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Turns rates, random waiting times and draws into what every back-end knows.</summary>
/// <remarks>
/// A rate transition becomes an urgent one that fires where a hidden state, the integral of its rate, reaches a hidden
/// threshold; whatever enters its mode, and its own firing, also sets the state to zero and draws the threshold anew. A
/// random permissive one becomes a timer with a drawn delay. A model without these is left as it is.
/// </remarks>
internal sealed class RuleLowering
{
    private readonly HybridAutomaton _model;
    private readonly DrawLowering _draws = new();
    private readonly int[] _rates;

    private RuleLowering(HybridAutomaton model)
    {
        _model = model;
        _rates = [.. Enumerable.Range(0, model.Transitions.Length).Where(i => model.Transitions[i].Rule is RateRule)];
    }

    /// <summary>Lowers a model.</summary>
    public static LoweredModel Lower(HybridAutomaton model) => new RuleLowering(model).Run();

    private LoweredModel Run()
    {
        ImmutableArray<StateVariable> states =
        [
            .. _model.States.Select(state => state with { Initial = _draws.Lower(state.Initial) }),
            .. _rates.Select((_, k) => new StateVariable(LoweredModel.HazardName(k), Expr.Zero, "")),
        ];
        DiscreteVariable[] discretes =
        [
            .. _model.Discretes.Select(discrete => discrete with { Initial = _draws.Lower(discrete.Initial) }),
            .. _rates.Select((_, k) => new DiscreteVariable(LoweredModel.ThresholdName(k), _draws.Lower(UnitMean), "")),
        ];
        var initial = new DrawRange(0, _draws.Count);
        var transitions = new Transition[_model.Transitions.Length];
        var resets = new DrawRange[transitions.Length];
        var delays = new DrawRange[transitions.Length];
        for (int i = 0; i < transitions.Length; i++)
        {
            int first = _draws.Count;
            ImmutableArray<Assignment> written = ResetsOf(i);
            resets[i] = new(first, _draws.Count - first);
            first = _draws.Count;
            transitions[i] = WithRule(i) with { Resets = written };
            delays[i] = new(first, _draws.Count - first);
        }

        if (_draws.Count == 0 && !_model.Transitions.Any(transition => transition.Rule is RateRule or PermissiveRule))
        {
            return new(_model, 0, initial, resets, delays, []);
        }

        HybridAutomaton lowered = _model with
        {
            States = states,
            Discretes =
            [
                .. discretes,
                .. Enumerable.Range(0, _draws.Count).Select(k => new DiscreteVariable(LoweredModel.DrawName(k), 0.5, "")),
            ],
            Modes = [.. _model.Modes.Select(WithHazards)],
            Transitions = [.. transitions],
        };
        return new(lowered, _draws.Count, initial, resets, delays, _rates);
    }

    private static Expr UnitMean => Expr.Exponential(1.0);

    // What a transition writes, and the rates that begin anew with it: its own, and those of the mode that it enters.
    private ImmutableArray<Assignment> ResetsOf(int number)
    {
        Transition transition = _model.Transitions[number];
        var written = ImmutableArray.CreateBuilder<Assignment>();
        foreach (Assignment reset in transition.Resets)
        {
            written.Add(reset with { Value = _draws.Lower(reset.Value) });
        }

        bool enters = transition.From != transition.To || transition.External;

        // A surviving self-loop that is external enters anew whatever mode it finds.
        bool anywhere = transition is { External: true, Rule: AfterRule { Survives: true } } && transition.From == transition.To;
        for (int k = 0; k < _rates.Length; k++)
        {
            if (_rates[k] == number || anywhere || (enters && _model.Transitions[_rates[k]].From == transition.To))
            {
                written.Add(new(LoweredModel.HazardName(k), Expr.Zero));
                written.Add(new(LoweredModel.ThresholdName(k), _draws.Lower(UnitMean)));
            }
        }

        return written.ToImmutable();
    }

    private Transition WithRule(int number)
    {
        Transition transition = _model.Transitions[number];
        switch (transition.Rule)
        {
            case AfterRule after:
                return transition with { Rule = after with { Delay = _draws.Lower(after.Delay) } };
            case PermissiveRule { Policy: PermissivePolicy.Asap }:
                return transition with { Rule = FiringRule.Urgent };
            case PermissiveRule { Policy: PermissivePolicy.Random } random:
                return transition with { Rule = new AfterRule(_draws.Lower(Expr.Exponential(1.0 / random.Mean!))) };
            case RateRule:
                int k = Array.IndexOf(_rates, number);
                var hazard = Expr.Variable(VariableKind.State, LoweredModel.HazardName(k));
                var threshold = Expr.Variable(VariableKind.Discrete, LoweredModel.ThresholdName(k));
                return transition with { Rule = FiringRule.Urgent, Guard = hazard >= threshold };
            default:
                return transition;
        }
    }

    private Mode WithHazards(Mode mode)
    {
        if (mode.Flow is not ExprFlow flow)
        {
            return mode;
        }

        var derivatives = flow.Derivatives.ToBuilder();
        for (int k = 0; k < _rates.Length; k++)
        {
            Transition transition = _model.Transitions[_rates[k]];
            if (transition.From == mode.Name)
            {
                Expr rate = Checked(((RateRule)transition.Rule).Rate);
                derivatives.Add(new(
                    LoweredModel.HazardName(k),
                    transition.Guard.Equals(Condition.True) ? rate : Expr.Select(transition.Guard, rate, Expr.Zero)));
            }
        }

        return mode with { Flow = new ExprFlow(derivatives.ToImmutable()) };
    }

    // A negative rate is no number: a run that comes to it ends there.
    private static Expr Checked(Expr rate) =>
        rate.IsConstant && rate.Value >= 0.0 ? rate : Expr.Select(rate >= 0.0, rate, double.NaN);
}
