using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Serialization;

/// <summary>Reads what a model says about its estimation.</summary>
internal static class EstimationReader
{
    private const string SensorExample = "{ \"expr\": \"sqrt(x^2 + y^2)\", \"deviation\": 0.5 }";

    /// <summary>Reads the section; null if the model has none.</summary>
    public static EstimationSetup? Read(ReadingContext context, ObjectReader model)
    {
        if (model.Find("estimation") is not { } node ||
            ObjectReader.Open(context, node, "estimation", ModelProperties.Estimation, "{ \"sensors\": { \"T\": 0.5 } }") is not { } reader)
        {
            return null;
        }

        return new EstimationSetup
        {
            Sensors = [.. reader.Section("sensors", "{ \"T\": 0.5 }").Select(entry => ReadSensor(context, entry))],
            Correlations = [.. reader.List("correlations", "[ { \"between\": [\"x\", \"y\"], \"value\": 0.3 } ]")
                .Select(entry => ReadCorrelation(context, entry)).OfType<SensorCorrelation>()],
            ProcessNoise = reader.Assignments("processNoise"),
            InitialDeviations = reader.Assignments("initialDeviations"),
            InitialModes = reader.Assignments("initialModes"),
            GuardWidths = reader.Assignments("guardWidths"),
            Switching = [.. reader.List("switching", "[ { \"from\": \"sound\", \"to\": \"broken\", \"rate\": 0.01 } ]")
                .Select(entry => ReadSwitching(context, entry)).OfType<SwitchingRate>()],
        };
    }

    // A plain deviation measures the state or output of that name.
    private static Sensor ReadSensor(ReadingContext context, (string Name, string Path, SourceNode Value) entry)
    {
        Expr deviation = Expr.One;
        Expr? value = null;
        if (entry.Value.Kind == SourceKind.Object)
        {
            ObjectReader reader = ObjectReader.Open(context, entry.Value, entry.Path, ModelProperties.Sensor, SensorExample)!;
            value = reader.Expression("expr");
            deviation = reader.RequiredExpression("deviation", "\"deviation\": 0.5") ?? Expr.One;
            if (value is not null || reader.Find("expr") is not null)
            {
                return new(entry.Name, value ?? Expr.Zero, deviation);
            }
        }
        else
        {
            deviation = context.Expression(entry.Value, entry.Path) ?? Expr.One;
        }

        if (!context.Scope.TryGetName(entry.Name, out value))
        {
            context.Fault(entry.Value, entry.Path, $"unknown name '{entry.Name}'",
                $"{Numerics.Suggestions.For(entry.Name, context.Scope.Names)} Or say what is measured: {SensorExample}.");
            value = Expr.Zero;
        }

        return new(entry.Name, value, deviation);
    }

    private static SensorCorrelation? ReadCorrelation(ReadingContext context, (string Path, SourceNode Value) entry)
    {
        var reader = ObjectReader.Open(
            context, entry.Value, entry.Path, ModelProperties.SensorCorrelation, "{ \"between\": [\"x\", \"y\"], \"value\": 0.3 }");
        if (reader?.Required("between", "\"between\": [\"x\", \"y\"]") is not { } between)
        {
            reader?.RequiredNumber("value");
            return null;
        }

        double value = reader.RequiredNumber("value");
        if (between.Kind != SourceKind.List || between.Items.Length != 2 || between.Items.Any(item => item.Kind != SourceKind.Text))
        {
            reader.Fault("between", "the names of two sensors are expected", "Write [\"x\", \"y\"].");
            return null;
        }

        return new(between.Items[0].Text, between.Items[1].Text, value);
    }

    private static SwitchingRate? ReadSwitching(ReadingContext context, (string Path, SourceNode Value) entry)
    {
        var reader = ObjectReader.Open(
            context, entry.Value, entry.Path, ModelProperties.SwitchingRate, "{ \"from\": \"sound\", \"to\": \"broken\", \"rate\": 0.01 }");
        return reader is null
            ? null
            : new(
                reader.RequiredText("from", "\"from\": the name of a mode") ?? "",
                reader.RequiredText("to", "\"to\": the name of a mode") ?? "",
                reader.RequiredExpression("rate", "\"rate\": 0.01") ?? Expr.Zero);
    }
}
