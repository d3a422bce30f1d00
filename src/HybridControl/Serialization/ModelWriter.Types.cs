using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Serialization;

/// <content>Discrete variables and what is assigned to them.</content>
internal sealed partial class ModelWriter
{
    private void WriteDiscrete(DiscreteVariable discrete)
    {
        string initial = Value(discrete.Name, discrete.Initial);
        if (discrete.Type == DiscreteType.Real || (discrete.Type == DiscreteType.Boolean && discrete.Unit.Length == 0 && discrete.Initial.IsConstant))
        {
            WriteWithUnit("initial", initial, discrete.Unit);
            return;
        }

        string unit = discrete.Unit.Length == 0 ? "" : $", \"unit\": {Quote(discrete.Unit)}";
        string type = discrete.Type == DiscreteType.Integer ? "integer" : "boolean";
        _json.WriteRawValue($"{{ \"initial\": {initial}, \"type\": \"{type}\"{unit} }}");
    }

    /// <summary>What a variable takes: a condition if it is boolean, else a formula.</summary>
    private string Value(string target, Expr value)
    {
        if (!_booleans.Contains(target))
        {
            return Formula(value);
        }

        Condition condition = BooleanVariable.ConditionOf(value) ?? value >= 0.5;
        return condition.Kind == ConditionKind.Literal ? condition.Holds ? "true" : "false" : Quote(Text(condition));
    }
}
