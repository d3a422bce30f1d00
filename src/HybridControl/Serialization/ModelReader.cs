using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Automata.Hierarchy;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Serialization;

/// <summary>Makes an automaton of the JSON of a model file.</summary>
/// <remarks>
/// Where a part is faulty a stand-in takes its place, so that everything else is still checked. Declarations come
/// first, because formulas may use names in any order; outputs are the exception, each may use those above it.
/// </remarks>
internal sealed class ModelReader
{
    private readonly ReadingContext _context;
    private readonly SourceNode _root;

    public ModelReader(SourceReport report, SourceNode root)
    {
        _context = new ReadingContext(report);
        _root = root;
    }

    /// <summary>The automaton; null if the text is not even an object. All findings are in the report.</summary>
    public HybridAutomaton? Read()
    {
        var model = ObjectReader.Open(_context, _root, "", ModelProperties.Model, "{ \"name\": ..., \"modes\": { ... } }");
        if (model is null)
        {
            return null;
        }

        model.Text("$schema");
        string name = model.RequiredText("name", "\"name\": \"ball\"") ?? "model";
        ImmutableArray<Parameter> parameters = [.. model.Section("parameters", "{ \"g\": 9.81 }").Select(ReadParameter)];
        ImmutableArray<InputVariable> inputs = [.. model.Section("inputs", "{ \"u\": 0 }").Select(ReadInput)];
        ImmutableArray<LookupTable> tables = [.. model.Section("tables", "{ \"CL\": { \"x\": [0, 1], \"y\": [0, 1] } }")
            .Select(entry => TableReader.Read(_context, entry.Name, entry.Path, entry.Value))];
        ImmutableArray<WienerProcess> wiener = DiffusionReader.ReadProcesses(_context, model);
        Announce(model);
        ImmutableArray<Output> outputs = [.. model.Section("outputs", "{ \"energy\": \"m*v^2/2\" }").Select(ReadOutput)];
        ImmutableArray<StateVariable> states = [.. model.Section("states", "{ \"h\": 10 }").Select(entry =>
        {
            (Expr initial, string unit) = ReadInitial(entry, "initial", ModelProperties.Variable);
            return new StateVariable(entry.Name, initial, unit);
        })];
        ImmutableArray<StateVariable> algebraic = [.. model.Section("algebraic", "{ \"i\": 0 }").Select(entry =>
        {
            (Expr start, string unit) = ReadInitial(entry, "start", ModelProperties.Algebraic);
            return new StateVariable(entry.Name, start, unit) { IsAlgebraic = true };
        })];
        ImmutableArray<DiscreteVariable> discretes = [.. model.Section("discrete", "{ \"n\": 0 }").Select(entry =>
            DiscreteReader.Read(_context, entry.Name, entry.Path, entry.Value))];

        var behaviour = new BehaviourReader(_context, model);
        model.Required("modes", "\"modes\": { \"fall\": { \"flow\": { \"h\": \"v\" } } }");
        ImmutableArray<NestedMode> modes = behaviour.ReadModes();
        var declared = new HybridAutomaton
        {
            Name = name,
            Description = model.Text("description") ?? "",
            Source = model.Text("source") ?? "",
            Parameters = parameters,
            States = [.. states, .. algebraic],
            Discretes = discretes,
            Inputs = inputs,
            Tables = tables,
            WienerProcesses = wiener,
            Outputs = outputs,
            InitialMode = model.Text("initialMode") ?? (modes.Length > 0 ? modes[0].Name : ""),
            Transitions = behaviour.ReadTransitions(),
            SampledUpdates = behaviour.ReadSampledUpdates(),
            Sliding = SlidingReader.Read(_context, model),
            Zeno = ZenoReader.Read(_context, model),
            Experiment = behaviour.ReadExperiment(),
            Estimation = EstimationReader.Read(_context, model),
        };
        var nesting = new Diagnostics.FindingList();
        var flattener = new ModeFlattener(declared, modes, nesting);
        HybridAutomaton automaton = flattener.Flatten();
        bool sound = !_context.Report.HasErrors && nesting.Count == 0;
        foreach (Diagnostics.Finding finding in nesting.ToImmutable().Concat(AutomatonValidator.Validate(automaton, behaviour.Places(flattener.Origins))))
        {
            // Stand-ins make warnings unreliable: a faulty transition leads nowhere.
            if (sound || finding.Severity == Diagnostics.Severity.Error)
            {
                _context.AddValidated(finding);
            }
        }

        return _context.Report.HasErrors ? automaton : automaton.ExpandSliding();
    }

    private void Announce(ObjectReader model)
    {
        (string Section, VariableKind Kind)[] sections =
        [
            ("parameters", VariableKind.Parameter), ("states", VariableKind.State), ("algebraic", VariableKind.State), ("discrete", VariableKind.Discrete),
            ("inputs", VariableKind.Input),
        ];
        foreach ((string section, VariableKind kind) in sections)
        {
            foreach (SourceProperty property in PropertiesOf(model, section))
            {
                if (kind == VariableKind.Discrete && DiscreteReader.IsBoolean(property.Value))
                {
                    _context.Scope.AddBoolean(property.Name);
                }
                else
                {
                    _context.Scope.Add(kind, property.Name);
                }
            }
        }

        foreach (SourceProperty property in PropertiesOf(model, "outputs"))
        {
            _context.Scope.Announce(property.Name);
        }
    }

    private static ImmutableArray<SourceProperty> PropertiesOf(ObjectReader model, string section) =>
        model.Find(section)?.Properties ?? [];

    private Parameter ReadParameter((string Name, string Path, SourceNode Value) entry)
    {
        if (entry.Value.Kind == SourceKind.Number)
        {
            return new(entry.Name, entry.Value.Number);
        }

        if (entry.Value.Kind != SourceKind.Object)
        {
            _context.Fault(entry.Value, entry.Path, $"a number is expected, but this is {entry.Value.Describe()}",
                "Write a plain number such as 9.81, or { \"value\": 9.81, \"unit\": \"m/s^2\" }.");
            return new(entry.Name, 1.0);
        }

        ObjectReader reader = ObjectReader.Open(_context, entry.Value, entry.Path, ModelProperties.Parameter, "")!;
        return new(entry.Name, reader.RequiredNumber("value"), reader.Text("unit") ?? "");
    }

    private (Expr Initial, string Unit) ReadInitial(
        (string Name, string Path, SourceNode Value) entry, string property, ImmutableArray<string> known)
    {
        if (entry.Value.Kind != SourceKind.Object)
        {
            return (_context.Expression(entry.Value, entry.Path) ?? Expr.Zero, "");
        }

        ObjectReader reader = ObjectReader.Open(_context, entry.Value, entry.Path, known, "")!;
        return (reader.Expression(property) ?? Expr.Zero, reader.Text("unit") ?? "");
    }

    private Output ReadOutput((string Name, string Path, SourceNode Value) entry)
    {
        Expr? definition;
        string unit = "";
        if (entry.Value.Kind == SourceKind.Object)
        {
            ObjectReader reader = ObjectReader.Open(_context, entry.Value, entry.Path, ModelProperties.Output, "")!;
            definition = reader.RequiredExpression("expr", "\"expr\": \"m*v^2/2\"");
            unit = reader.Text("unit") ?? "";
        }
        else
        {
            definition = _context.Expression(entry.Value, entry.Path);
        }

        _context.Scope.Define(entry.Name, definition ?? Expr.Zero);
        return new(entry.Name, definition ?? Expr.Zero, unit);
    }

    private InputVariable ReadInput((string Name, string Path, SourceNode Value) entry)
    {
        if (entry.Value.Kind == SourceKind.Number)
        {
            return new(entry.Name, entry.Value.Number);
        }

        var loose = ObjectReader.Open(_context, entry.Value, entry.Path, "a number or { \"signal\": \"step\", \"at\": 1, \"before\": 0, \"after\": 1 }");
        if (loose is null)
        {
            return new(entry.Name, 0.0);
        }

        string kind = loose.Choice("signal", "constant", "step", "ramp", "sine", "table");
        ImmutableArray<string> known = kind switch
        {
            "step" => ModelProperties.StepSignal,
            "ramp" => ModelProperties.RampSignal,
            "sine" => ModelProperties.SineSignal,
            "table" => ModelProperties.TableSignal,
            _ => ModelProperties.ConstantSignal,
        };
        ObjectReader reader = ObjectReader.Open(_context, entry.Value, entry.Path, known, "")!;
        Signal signal = kind switch
        {
            "step" => new StepSignal(reader.RequiredNumber("at"), reader.RequiredNumber("before"), reader.RequiredNumber("after")),
            "ramp" => new RampSignal(
                reader.RequiredNumber("start"), reader.RequiredNumber("end"), reader.RequiredNumber("from"), reader.RequiredNumber("to")),
            "sine" => new SineSignal(
                reader.RequiredNumber("amplitude"), reader.RequiredNumber("frequency"), reader.Number("phase") ?? 0.0, reader.Number("offset") ?? 0.0),
            "table" => new TableSignal(
                reader.RequiredNumbers("times") ?? [0.0], reader.RequiredNumbers("values") ?? [0.0], reader.Flag("linear", true)),
            _ => new ConstantSignal(reader.RequiredNumber("value")),
        };
        return new(entry.Name, signal, reader.Text("unit") ?? "");
    }
}
