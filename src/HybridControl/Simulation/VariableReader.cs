using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Automata.Sensitivities;
using HybridControl.Diagnostics;
using HybridControl.Symbolics;

namespace HybridControl.Simulation;

/// <summary>Reads any named variable of a model from time, states and the data block.</summary>
internal sealed class VariableReader
{
    private readonly CompiledAutomaton _compiled;
    private readonly Dictionary<string, (Expr Expression, string Unit)> _variables = new(StringComparer.Ordinal);
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, ExprProgram> _programs = new(StringComparer.Ordinal);
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, int[]> _states = new(StringComparer.Ordinal);

    private VariableReader(CompiledAutomaton compiled)
    {
        _compiled = compiled;
        HybridAutomaton model = compiled.Automaton;
        foreach (StateVariable state in model.States)
        {
            _variables[state.Name] = (Expr.Variable(VariableKind.State, state.Name), state.Unit);
        }

        foreach (DiscreteVariable discrete in model.Discretes)
        {
            _variables[discrete.Name] = (Expr.Variable(VariableKind.Discrete, discrete.Name), discrete.Unit);
        }

        foreach (InputVariable input in model.Inputs)
        {
            _variables[input.Name] = (Expr.Variable(VariableKind.Input, input.Name), input.Unit);
        }

        foreach (Output output in model.Outputs)
        {
            _variables[output.Name] = (output.Definition, output.Unit);
        }

        foreach (Parameter parameter in model.Parameters)
        {
            _variables[parameter.Name] = (Expr.Variable(VariableKind.Parameter, parameter.Name), parameter.Unit);
        }

        if (compiled.Sensitivities is { } sensitivities)
        {
            AddSensitivities(sensitivities);
        }

        Names = [.. _variables.Keys];
    }

    /// <summary>The reader of an automaton, made once and shared between runs.</summary>
    public static VariableReader For(CompiledAutomaton compiled) =>
        compiled.Derive(typeof(VariableReader), () => new VariableReader(compiled));

    /// <summary>The name under which a derivative is read.</summary>
    public static string DerivativeName(string variable, string number) => $"d({variable})/d({number})";

    public ImmutableArray<string> Names { get; }

    public string UnitOf(string name) => Find(name).Unit;

    /// <summary>The value of a variable; NaN where it hangs on a state that the mode does not have.</summary>
    public double Read(string name, int mode, double time, ReadOnlySpan<double> states, ReadOnlySpan<double> data)
    {
        if (_compiled.ModeStates is { } own && IsAbsent(own, name, mode))
        {
            return double.NaN;
        }

        ExprProgram program = _programs.GetOrAdd(name, n => ExprProgram.Compile(_compiled.Slots, Find(n).Expression));
        if (!_compiled.HasDelegateInputs)
        {
            return program.EvaluateScalar(time, states, data);
        }

        // The slot of a delegate holds its value at some earlier time.
        double[] now = data.ToArray();
        foreach (InputSlots input in _compiled.Inputs)
        {
            if (input.IsDelegate)
            {
                input.Write(time, now);
            }
        }

        return program.EvaluateScalar(time, states, now);
    }

    /// <summary>The states with NaN for those that the mode does not have.</summary>
    public ImmutableArray<double> Visible(int mode, ImmutableArray<double> states) => _compiled.ModeStates?.Visible(mode, states) ?? states;

    public ImmutableArray<double> DiscretesOf(ReadOnlySpan<double> data)
    {
        var values = ImmutableArray.CreateBuilder<double>(_compiled.Automaton.Discretes.Length);
        foreach (DiscreteVariable discrete in _compiled.Automaton.Discretes)
        {
            values.Add(data[_compiled.Slots[VariableKind.Discrete, discrete.Name]]);
        }

        return values.DrainToImmutable();
    }

    private bool IsAbsent(ModeStates own, string name, int mode)
    {
        int[] read = _states.GetOrAdd(name, n => [.. ModeStatesCheck.StatesOf(Find(n).Expression).Select(
            state => _compiled.Slots[VariableKind.State, state])]);
        return read.Select(BaseOf).Any(state => state < _compiled.VisibleStates && own.IsAbsent(mode, state));
    }

    private int BaseOf(int state) => _compiled.Sensitivities?.BaseOf(state) ?? state;

    // Of states, real discrete variables and outputs: what else has a name is given, or a whole number.
    private void AddSensitivities(SensitivityModel sensitivities)
    {
        HybridAutomaton model = _compiled.Automaton;
        string[] variables =
        [
            .. model.States.Select(state => state.Name),
            .. model.Discretes.Where(discrete => discrete.Type == DiscreteType.Real).Select(discrete => discrete.Name),
            .. model.Outputs.Select(output => output.Name),
        ];
        for (int k = 0; k < sensitivities.Count; k++)
        {
            string by = _variables[sensitivities.Names[k]].Unit;
            foreach (string variable in variables)
            {
                (Expr expression, string unit) = _variables[variable];
                _variables[DerivativeName(variable, sensitivities.Names[k])] = (
                    sensitivities.DerivativeOf(expression, k), by.Length == 0 ? unit : $"{(unit.Length == 0 ? "1" : unit)}/{(by.All(char.IsLetter) ? by : $"({by})")}");
            }
        }
    }

    private (Expr Expression, string Unit) Find(string name) =>
        _variables.TryGetValue(name, out (Expr, string) found)
            ? found
            : throw new ModelException(
                _compiled.Automaton.Name, $"unknown name '{name}'", $"Known: {string.Join(", ", Names)}.");
}
