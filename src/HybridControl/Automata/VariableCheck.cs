using HybridControl.Diagnostics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Checks parameters, initial values, inputs and outputs.</summary>
internal sealed class VariableCheck
{
    private readonly HybridAutomaton _automaton;
    private readonly ExpressionCheck _expressions;
    private readonly FindingList _findings;

    public VariableCheck(HybridAutomaton automaton, ExpressionCheck expressions, FindingList findings)
    {
        _automaton = automaton;
        _expressions = expressions;
        _findings = findings;
    }

    public void Run()
    {
        if (string.IsNullOrWhiteSpace(_automaton.Name))
        {
            _findings.Error("name", "the model has no name", "Give it one: reports and files are called after it.");
        }

        foreach (Parameter parameter in _automaton.Parameters)
        {
            if (!double.IsFinite(parameter.Value))
            {
                _findings.Error($"parameters.{parameter.Name}", FormattableString.Invariant($"the value is {parameter.Value}"),
                    "Give a finite number; the --set option or a scenario can change it later.");
            }
        }

        foreach (StateVariable state in _automaton.States)
        {
            CheckInitial(state.IsAlgebraic ? $"algebraic.{state.Name}.start" : $"states.{state.Name}.initial", state.Initial);
        }

        foreach (DiscreteVariable discrete in _automaton.Discretes)
        {
            string where = $"discrete.{discrete.Name}.initial";
            CheckInitial(where, discrete.Initial);
            if (AssignmentCheck.FaultOf(discrete, discrete.Initial) is { } fault)
            {
                _findings.Error(where, $"the initial value is {fault.What}", fault.Mend);
            }
        }

        foreach (InputVariable input in _automaton.Inputs)
        {
            SignalCheck.Check($"inputs.{input.Name}", input.Signal, _findings);
        }

        for (int i = 0; i < _automaton.Outputs.Length; i++)
        {
            Output output = _automaton.Outputs[i];
            _expressions.Check($"outputs.{output.Name}", output.Definition, new ExpressionRules(Output: i));
        }
    }

    private void CheckInitial(string where, Expr initial)
    {
        bool sound = _expressions.Check(where, initial, new ExpressionRules(ParametersOnly: "an initial value", Draws: true));
        if (sound && _expressions.ValueOf(initial) is { } value && !double.IsFinite(value))
        {
            _findings.Error(where, FormattableString.Invariant($"the initial value is {value} at the default parameters"),
                "Look for a division by zero or a root or logarithm of a negative number.");
        }
    }
}
