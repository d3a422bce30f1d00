using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Serialization;

/// <summary>Writes a valid automaton as JSON. Defaults are left out; small objects stand on one line.</summary>
internal sealed partial class ModelWriter
{
    // Formulas are full of < and >, which need no escape outside a web page.
    private static readonly JavaScriptEncoder Plain = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private readonly HybridAutomaton _automaton;
    private readonly Utf8JsonWriter _json;
    private readonly HashSet<string> _booleans;

    private ModelWriter(HybridAutomaton automaton, Utf8JsonWriter json)
    {
        _automaton = automaton;
        _json = json;
        _booleans = [.. automaton.Discretes.Where(discrete => discrete.Type == DiscreteType.Boolean).Select(discrete => discrete.Name)];
    }

    public static string Write(HybridAutomaton automaton)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = Plain, NewLine = "\n" }))
        {
            new ModelWriter(automaton.Declared ?? automaton, json).WriteModel();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private void WriteModel()
    {
        _json.WriteStartObject();
        _json.WriteString("name", _automaton.Name);
        WriteText("description", _automaton.Description);
        WriteText("source", _automaton.Source);
        WriteSection("parameters", _automaton.Parameters, parameter => parameter.Name, parameter =>
            WriteWithUnit("value", Number(parameter.Value), parameter.Unit));
        WriteStates("states", "initial", isAlgebraic: false);
        WriteStates("algebraic", "start", isAlgebraic: true);
        WriteSection("discrete", _automaton.Discretes, discrete => discrete.Name, WriteDiscrete);
        WriteSection("inputs", _automaton.Inputs, input => input.Name, WriteInput);
        WriteSection("tables", _automaton.Tables, table => table.Name, WriteTable);
        WriteProcesses();
        WriteSection("outputs", _automaton.Outputs, output => output.Name, output =>
            WriteWithUnit("expr", Formula(output.Definition), output.Unit));
        _json.WriteString("initialMode", _automaton.InitialMode);
        WriteSection("modes", _automaton.Modes, mode => mode.Name, WriteMode);
        if (!_automaton.Transitions.IsEmpty)
        {
            _json.WriteStartArray("transitions");
            foreach (Transition transition in _automaton.Transitions)
            {
                WriteTransition(transition);
            }

            _json.WriteEndArray();
        }

        WriteSection("sampled", _automaton.SampledUpdates, update => update.Name, WriteSampledUpdate);
        WriteSliding();
        WriteZeno();
        WriteExperiment();
        WriteEstimation();
        _json.WriteEndObject();
    }

    private void WriteSection<T>(string section, IReadOnlyCollection<T> items, Func<T, string> nameOf, Action<T> write)
    {
        if (items.Count == 0)
        {
            return;
        }

        _json.WriteStartObject(section);
        foreach (T item in items)
        {
            _json.WritePropertyName(nameOf(item));
            write(item);
        }

        _json.WriteEndObject();
    }

    private void WriteText(string name, string text)
    {
        if (text.Length > 0)
        {
            _json.WriteString(name, text);
        }
    }

    private void WriteWithUnit(string name, string value, string unit) =>
        _json.WriteRawValue(unit.Length == 0 ? value : $"{{ \"{name}\": {value}, \"unit\": {Quote(unit)} }}");

    private void WriteInput(InputVariable input)
    {
        string unit = input.Unit.Length == 0 ? "" : $", \"unit\": {Quote(input.Unit)}";
        string body = input.Signal switch
        {
            ConstantSignal { Value: var value } when unit.Length == 0 => Number(value),
            ConstantSignal s => $"{{ \"signal\": \"constant\", \"value\": {Number(s.Value)}{unit} }}",
            StepSignal s =>
                $"{{ \"signal\": \"step\", \"at\": {Number(s.At)}, \"before\": {Number(s.Before)}, \"after\": {Number(s.After)}{unit} }}",
            RampSignal s =>
                $"{{ \"signal\": \"ramp\", \"start\": {Number(s.Start)}, \"end\": {Number(s.End)}, \"from\": {Number(s.From)}, \"to\": {Number(s.To)}{unit} }}",
            SineSignal s =>
                $"{{ \"signal\": \"sine\", \"amplitude\": {Number(s.Amplitude)}, \"frequency\": {Number(s.Frequency)}, \"phase\": {Number(s.Phase)}, \"offset\": {Number(s.Offset)}{unit} }}",
            TableSignal s =>
                $"{{ \"signal\": \"table\", \"times\": {Numbers(s.Times)}, \"values\": {Numbers(s.Values)}, \"linear\": {(s.Linear ? "true" : "false")}{unit} }}",
            _ => throw new ModelException($"{_automaton.Name}, inputs.{input.Name}", "the signal is a C# delegate, which has no file form",
                "Use a constant, step, ramp, sine or table signal, or write the input as an expression of time."),
        };
        _json.WriteRawValue(body);
    }

    private void WriteTable(LookupTable table)
    {
        _json.WriteStartObject();
        _json.WritePropertyName("x");
        _json.WriteRawValue(Numbers([.. table.BreakpointsOf(0)]));
        _json.WritePropertyName("y");
        if (table is LookupSurface surface)
        {
            int width = surface.Y.Length;
            _json.WriteRawValue(Numbers(surface.Y));
            _json.WritePropertyName("z");
            _json.WriteRawValue($"[{string.Join(", ", surface.Z.Chunk(width).Select(Numbers))}]");
        }
        else
        {
            _json.WriteRawValue(Numbers(((LookupCurve)table).Y));
        }

        if (table is LookupCurve { Interpolation: Interpolation.MonotoneCubic })
        {
            _json.WriteString("interpolation", "monotoneCubic");
        }

        if (table.Extrapolation != Extrapolation.Hold)
        {
            _json.WriteString("extrapolation", table.Extrapolation == Extrapolation.Linear ? "linear" : "error");
        }

        _json.WriteEndObject();
    }

    private void WriteMode(Mode mode)
    {
        if (mode.Flow is not ExprFlow flow)
        {
            throw new ModelException($"{_automaton.Name}, modes.{mode.Name}.flow",
                $"the mode '{mode.Name}' uses a delegate flow, which has no file form", "Write the flow with Expr.");
        }

        _json.WriteStartObject();
        WriteText("region", mode.Region);
        if (mode.States is { } states)
        {
            _json.WritePropertyName("states");
            _json.WriteRawValue($"[{string.Join(", ", states.Select(Quote))}]");
        }

        WriteAssignments("flow", flow.Derivatives);
        WriteEquations(mode);
        WriteDiffusion(mode);
        if (mode.Invariants.Length == 1)
        {
            _json.WriteString("invariant", Text(mode.Invariants[0].Condition));
        }
        else if (mode.Invariants.Length > 1)
        {
            _json.WriteStartArray("invariant");
            foreach (Invariant invariant in mode.Invariants)
            {
                _json.WriteStringValue(Text(invariant.Condition));
            }

            _json.WriteEndArray();
        }

        _json.WriteEndObject();
    }

    private void WriteTransition(Transition transition)
    {
        _json.WriteStartObject();
        if (transition.Name != TransitionCheck.DefaultName(transition))
        {
            _json.WriteString("name", transition.Name);
        }

        _json.WriteString("from", transition.From);
        _json.WriteString("to", transition.To);
        WriteText("label", transition.Label ?? "");
        if (!transition.Guard.Equals(Condition.True))
        {
            _json.WriteString("guard", Text(transition.Guard));
        }

        WriteRule(transition);
        WriteAssignments("reset", transition.Resets);
        WriteFormula("priority", transition.Priority.Equals(Expr.Zero) ? null : transition.Priority);
        WriteFlag("persistent", transition.Persistent, true);
        WriteFlag("external", transition.External, false);
        WriteFlag("fireOnTouch", transition.FireOnTouch, false);
        if (transition.Values == ResetValues.AtTrigger)
        {
            _json.WriteString("values", "atTrigger");
        }

        _json.WriteEndObject();
    }

    private void WriteRule(Transition transition)
    {
        switch (transition.Rule)
        {
            case EdgeRule edge:
                _json.WriteString("rule", "edge");
                if (edge.Direction != EdgeRule.DirectionFor(transition.Guard))
                {
                    _json.WriteString("direction", edge.Direction.ToString().ToLowerInvariant());
                }

                WriteFlag("flowOnly", edge.FlowOnly, false);
                if (edge.InitialValue is { } value)
                {
                    _json.WritePropertyName("initialValue");
                    _json.WriteRawValue(Number(value));
                }

                break;
            case AfterRule after:
                WriteFormula("after", after.Delay);
                WriteFlag("survives", after.Survives, false);
                if (after.Instances != 1)
                {
                    _json.WriteNumber("instances", after.Instances);
                }

                break;
            case CommandRule command:
                _json.WriteString("command", command.Label);
                break;
            case PermissiveRule permissive:
                _json.WriteString("rule", "permissive");
                if (permissive.Policy != PermissivePolicy.Asap)
                {
                    _json.WriteString("policy", permissive.Policy.ToString().ToLowerInvariant());
                }

                WriteFormula("mean", permissive.Mean);
                break;
            case SampledRule sampled:
                WriteFormula("every", sampled.Period);
                WriteFormula("offset", sampled.Offset.Equals(Expr.Zero) ? null : sampled.Offset);
                break;
            case RateRule rate:
                WriteFormula("rate", rate.Rate);
                break;
        }
    }

    private void WriteSampledUpdate(SampledUpdate update)
    {
        _json.WriteStartObject();
        WriteFormula("period", update.Period);
        WriteFormula("offset", update.Offset.Equals(Expr.Zero) ? null : update.Offset);
        WriteAssignments("set", update.Assignments);
        _json.WriteEndObject();
    }

    private void WriteSliding()
    {
        if (_automaton.Sliding.IsEmpty)
        {
            return;
        }

        _json.WriteStartArray("sliding");
        foreach (SlidingModes group in _automaton.Sliding)
        {
            string pull = group.Pull == 1.0 ? "" : $", \"pull\": {Number(group.Pull)}";
            _json.WriteRawValue($"{{ \"modes\": [{string.Join(", ", group.Modes.Select(Quote))}]{pull} }}");
        }

        _json.WriteEndArray();
    }

    private void WriteZeno()
    {
        if (_automaton.Zeno is not { } policy)
        {
            return;
        }

        if (policy.Mode is not { } mode)
        {
            _json.WriteString("zeno", policy.Action.ToString().ToLowerInvariant());
            return;
        }

        _json.WriteStartObject("zeno");
        _json.WriteString("goTo", mode);
        WriteAssignments("reset", policy.Resets);
        _json.WriteEndObject();
    }

    private void WriteExperiment()
    {
        if (_automaton.Experiment is not { } experiment)
        {
            return;
        }

        _json.WriteStartObject("experiment");
        if (experiment.Until is { } until)
        {
            _json.WritePropertyName("until");
            _json.WriteRawValue(Number(until));
        }

        if (!experiment.Commands.IsEmpty)
        {
            _json.WriteStartArray("commands");
            foreach (TimedCommand command in experiment.Commands)
            {
                _json.WriteRawValue(Text(command));
            }

            _json.WriteEndArray();
        }

        if (!experiment.Plot.IsEmpty)
        {
            _json.WritePropertyName("plot");
            _json.WriteRawValue($"[{string.Join(", ", experiment.Plot.Select(Quote))}]");
        }

        if (experiment.Solver is { } solver)
        {
            _json.WritePropertyName("solver");
            _json.WriteRawValue(SolverText.Of($"{_automaton.Name}, experiment.solver", solver));
        }

        _json.WriteEndObject();
    }

    internal static string Text(TimedCommand command)
    {
        string action = command.Label is { } label
            ? $"\"command\": {Quote(label)}"
            : $"\"set\": {{ {Quote(command.Set!)}: {Number(command.Value)} }}";
        return $"{{ \"at\": {Number(command.At)}, {action} }}";
    }

    private void WriteAssignments(string name, IReadOnlyCollection<Assignment> assignments) =>
        WriteSection(name, assignments, assignment => assignment.Target, assignment => _json.WriteRawValue(Value(assignment.Target, assignment.Value)));

    private void WriteFlag(string name, bool value, bool usual)
    {
        if (value != usual)
        {
            _json.WriteBoolean(name, value);
        }
    }

    private void WriteFormula(string name, Expr? formula)
    {
        if (formula is not null)
        {
            _json.WritePropertyName(name);
            _json.WriteRawValue(Formula(formula));
        }
    }

    private string Formula(Expr expression) => Formula(expression, _automaton.Name, _booleans);

    /// <summary>A number, or a formula as text.</summary>
    internal static string Formula(Expr expression, string model, IReadOnlySet<string>? booleans = null) =>
        expression.IsConstant ? Number(expression.Value) : Quote(Readable(ExprPrinter.Print(expression, booleans), model));

    private string Text(Condition condition) => Readable(ExprPrinter.Print(condition, _booleans), _automaton.Name);

    // The printer cuts off where shared subexpressions, written out, would fill the memory.
    private static string Readable(string text, string model) => text.Length <= ExprPrinter.LongestText
        ? text
        : throw new ModelException(model, "a formula is too long to be written", "Name its shared parts as outputs.");

    internal static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Numbers(IEnumerable<double> values) => $"[{string.Join(", ", values.Select(Number))}]";

    internal static string Quote(string text) => $"\"{Plain.Encode(text)}\"";
}
