using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Describes one transition while a model is built.</summary>
public sealed class TransitionBuilder
{
    private readonly List<Assignment> _resets = [];
    private Transition _transition;
    private EdgeDirection? _direction;

    internal TransitionBuilder(string from, string to, string? name) =>
        _transition = new Transition { Name = name ?? $"{from}->{to}", From = from, To = to };

    /// <summary>Sets when the transition is enabled.</summary>
    public TransitionBuilder Guard(Condition condition) => With(_transition with { Guard = condition });

    /// <summary>Sets one variable on the jump, from the values before the jump.</summary>
    public TransitionBuilder Reset(Expr variable, Expr value)
    {
        _resets.Add(new(ModeBuilder.NameOf(variable), value));
        return this;
    }

    /// <summary>Sets a boolean variable on the jump to whether a condition holds before it.</summary>
    public TransitionBuilder Reset(BooleanVariable variable, Condition value)
    {
        ArgumentNullException.ThrowIfNull(variable);
        return Reset(variable.Variable, BooleanVariable.ValueOf(value));
    }

    /// <summary>Fires when the guard changes, not while it stays enabled.</summary>
    /// <param name="direction">Which change fires; by default up, and either for <c>crosses(expr)</c>.</param>
    /// <param name="flowOnly">Whether a change caused by another jump does not count.</param>
    /// <param name="initialValue">Guard value just before the start; by default its value at the start.</param>
    public TransitionBuilder Edge(
        EdgeDirection? direction = null, bool flowOnly = false, double? initialValue = null)
    {
        _direction = direction;
        return With(_transition with { Rule = new EdgeRule(FlowOnly: flowOnly, InitialValue: initialValue) });
    }

    /// <summary>Fires a delay after the mode was entered or, with a guard, after the guard became enabled.</summary>
    /// <param name="delay">Delay in seconds.</param>
    /// <param name="survives">Whether the timer runs on when the mode is left or the guard drops out.</param>
    /// <param name="instances">How many timers may run at once; more than one only if they survive.</param>
    public TransitionBuilder After(Expr delay, bool survives = false, int instances = 1) =>
        With(_transition with { Rule = new AfterRule(delay, survives, instances) });

    /// <summary>May fire while the guard is enabled; a policy chooses when.</summary>
    /// <param name="policy">The choice.</param>
    /// <param name="mean">Mean waiting time in seconds, for <see cref="PermissivePolicy.Random"/>.</param>
    public TransitionBuilder Permissive(PermissivePolicy policy, Expr? mean = null) =>
        With(_transition with { Rule = new PermissiveRule(policy, mean) });

    /// <summary>Fires at a tick of a clock, if the guard is then enabled; the guard is looked at nowhere else.</summary>
    /// <param name="period">Period in seconds.</param>
    /// <param name="offset">First tick after the start, in seconds; zero by default.</param>
    public TransitionBuilder Sampled(Expr period, Expr? offset = null) =>
        With(_transition with { Rule = new SampledRule(period, offset) });

    /// <summary>Fires by chance, while the guard is enabled.</summary>
    /// <param name="rate">Events per second, not negative.</param>
    public TransitionBuilder Rate(Expr rate) => With(_transition with { Rule = new RateRule(rate) });

    /// <summary>Fires on a command, if the guard is then enabled.</summary>
    public TransitionBuilder OnCommand(string label) => With(_transition with { Rule = new CommandRule(label) });

    /// <summary>Lets it fire only together with transitions of this label in all other components that know the label.</summary>
    public TransitionBuilder Label(string label) => With(_transition with { Label = label });

    /// <summary>Sets the order among transitions due at one instant: the highest goes first.</summary>
    public TransitionBuilder Priority(Expr priority) => With(_transition with { Priority = priority });

    /// <summary>Tests the guard again just before the jump, so that an earlier jump of the same instant can cancel it.</summary>
    public TransitionBuilder NotPersistent() => With(_transition with { Persistent = false });

    /// <summary>Makes a self-loop leave and re-enter its mode.</summary>
    public TransitionBuilder External() => With(_transition with { External = true });

    /// <summary>Fires also when the guard touches zero without crossing.</summary>
    public TransitionBuilder FireOnTouch() => With(_transition with { FireOnTouch = true });

    /// <summary>Evaluates the resets when the transition becomes due, not when it executes.</summary>
    public TransitionBuilder ValuesAtTrigger() => With(_transition with { Values = ResetValues.AtTrigger });

    internal Transition ToTransition()
    {
        FiringRule rule = _transition.Rule is EdgeRule edge
            ? edge with { Direction = _direction ?? EdgeRule.DirectionFor(_transition.Guard) }
            : _transition.Rule;
        return _transition with { Rule = rule, Resets = [.. _resets] };
    }

    private TransitionBuilder With(Transition transition)
    {
        _transition = transition;
        return this;
    }
}
