using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Serialization;

/// <content>The section of estimation.</content>
internal sealed partial class ModelWriter
{
    private void WriteEstimation()
    {
        if (_automaton.Estimation is not { } setup)
        {
            return;
        }

        _json.WriteStartObject("estimation");
        WriteSection("sensors", setup.Sensors, sensor => sensor.Name, sensor => _json.WriteRawValue(
            sensor.Value.Operation is Operation.Variable or Operation.Alias && sensor.Value.Name == sensor.Name
                ? Formula(sensor.Deviation)
                : $"{{ \"expr\": {Formula(sensor.Value)}, \"deviation\": {Formula(sensor.Deviation)} }}"));
        WriteList("correlations", setup.Correlations, correlation =>
            $"{{ \"between\": [{Quote(correlation.First)}, {Quote(correlation.Second)}], \"value\": {Number(correlation.Value)} }}");
        WriteAssignments("processNoise", setup.ProcessNoise);
        WriteAssignments("initialDeviations", setup.InitialDeviations);
        WriteAssignments("initialModes", setup.InitialModes);
        WriteAssignments("guardWidths", setup.GuardWidths);
        WriteList("switching", setup.Switching, rate =>
            $"{{ \"from\": {Quote(rate.From)}, \"to\": {Quote(rate.To)}, \"rate\": {Formula(rate.Rate)} }}");
        _json.WriteEndObject();
    }

    private void WriteList<T>(string name, IReadOnlyCollection<T> items, Func<T, string> write)
    {
        if (items.Count == 0)
        {
            return;
        }

        _json.WriteStartArray(name);
        foreach (T item in items)
        {
            _json.WriteRawValue(write(item));
        }

        _json.WriteEndArray();
    }
}
