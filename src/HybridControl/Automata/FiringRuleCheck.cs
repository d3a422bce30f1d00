using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Checks when transitions fire.</summary>
internal sealed class FiringRuleCheck
{
    private const int MostTimers = 1000;

    private readonly HybridAutomaton _automaton;
    private readonly ExpressionCheck _expressions;
    private readonly FindingList _findings;

    public FiringRuleCheck(HybridAutomaton automaton, ExpressionCheck expressions, FindingList findings)
    {
        _automaton = automaton;
        _expressions = expressions;
        _findings = findings;
    }

    public void Check(string where, Transition transition)
    {
        switch (transition.Rule)
        {
            case AfterRule after:
                CheckNumber($"{where}.after", after.Delay, new(Draws: true), "the delay is {0} s", delay => delay >= 0.0, "A delay cannot be negative.");
                CheckInstances(where, after);
                break;
            case CommandRule command when Declarations.FaultOf(command.Label) is { } fault:
                _findings.Error($"{where}.command", fault.What, fault.Mend);
                break;
            case EdgeRule { InitialValue: { } value } when !double.IsFinite(value):
                _findings.Error($"{where}.initialValue", FormattableString.Invariant($"the value is {value}"), "Write a finite number.");
                break;
            case EdgeRule when transition.Guard.Kind == ConditionKind.Literal:
                _findings.Error($"{where}.guard", "an edge transition needs a guard that changes", "Give it a guard, or another rule.");
                break;
            case SampledRule sampled:
                CheckNumber($"{where}.every", sampled.Period, new("a period"), "the period is {0} s", period => period > 0.0 && double.IsFinite(period),
                    "A period must be positive.");
                CheckNumber($"{where}.offset", sampled.Offset, new("an offset"), "the offset is {0} s", offset => offset >= 0.0 && double.IsFinite(offset),
                    "An offset cannot be negative.");
                break;
            case PermissiveRule permissive:
                CheckPermissive(where, transition, permissive);
                break;
            case RateRule rate:
                CheckRate(where, transition, rate);
                break;
        }
    }

    private void CheckInstances(string where, AfterRule after)
    {
        if (after.Instances < 1)
        {
            _findings.Error($"{where}.instances", FormattableString.Invariant($"{after.Instances} timers"), "At least one must be able to run.");
        }
        else if (after.Instances > MostTimers)
        {
            _findings.Error($"{where}.instances", FormattableString.Invariant($"{after.Instances} timers"),
                FormattableString.Invariant($"At most {MostTimers} can run at once."));
        }
        else if (after.Instances > 1 && !after.Survives)
        {
            _findings.Error($"{where}.instances", "a timer that does not survive stops when the guard drops out, so that two never run at once",
                "Let the timers survive, or leave this out.");
        }
    }

    private void CheckPermissive(string where, Transition transition, PermissiveRule rule)
    {
        if (rule.Policy == PermissivePolicy.Random && rule.Mean is null)
        {
            _findings.Error($"{where}.mean", "the mean waiting time is missing", "Give a positive number of seconds.");
        }
        else if (rule.Policy != PermissivePolicy.Random && rule.Mean is not null)
        {
            _findings.Error($"{where}.mean", "a mean waiting time has no meaning here", "It belongs to the policy that waits at random.");
        }
        else if (rule.Mean is { } mean)
        {
            CheckNumber($"{where}.mean", mean, new(), "the mean waiting time is {0} s", value => value > 0.0, "It must be positive.");
        }

        if (rule.Policy == PermissivePolicy.Alap &&
            _automaton.Modes.FirstOrDefault(mode => mode.Name == transition.From) is { Invariants.IsEmpty: true })
        {
            _findings.Warn($"{where}.policy", $"nothing ever forces it: the mode '{transition.From}' has no invariant",
                "Give the mode an invariant that ends its stay, or choose another policy.");
        }
    }

    private void CheckRate(string where, Transition transition, RateRule rule)
    {
        CheckNumber($"{where}.rate", rule.Rate, new(), "the rate is {0} per second", value => value >= 0.0 && double.IsFinite(value),
            "A rate cannot be negative or infinite.");
        if (_automaton.Modes.FirstOrDefault(mode => mode.Name == transition.From) is { Flow: DelegateFlow })
        {
            _findings.Error($"{where}.rate", $"the mode '{transition.From}' has a delegate flow, which a rate cannot be added to",
                "Write the flow with Expr.");
        }
    }

    private void CheckNumber(string where, Expr number, ExpressionRules rules, string what, Func<double, bool> good, string mend)
    {
        if (_expressions.Check(where, number, rules) && _expressions.ValueOf(number) is { } value && !good(value))
        {
            _findings.Error(where, string.Format(CultureInfo.InvariantCulture, what, value), mend);
        }
    }
}
