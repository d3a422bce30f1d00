using System.Text;
using HybridControl.Automata;
using HybridControl.Automata.Networks;

namespace HybridControl.Serialization;

/// <summary>Writes a valid network as JSON: each model once, then who uses it.</summary>
internal static class NetworkWriter
{
    public static string Write(AutomatonNetwork network)
    {
        List<(string Name, HybridAutomaton Model)> models = ModelsOf(network);
        var lines = new List<string> { $"\"name\": {Quote(network.Name)}" };
        AddText(lines, "description", network.Description);
        AddText(lines, "source", network.Source);
        AddSection(lines, "models", models.Select(entry => (entry.Name, Indent(ModelFile.Write(entry.Model).TrimEnd()))));
        AddSection(lines, "components", network.Components.Select(component => (component.Name, ComponentOf(component, models))));
        AddSection(lines, "shared", network.Shared.Select(shared => (shared.Name, $"[{string.Join(", ", shared.Members.Select(Quote))}]")));
        AddSection(lines, "wires", network.Wires.Select(wire => (wire.Input, ModelWriter.Formula(wire.Value, network.Name))));
        AddSection(lines, "outputs", network.Outputs.Select(output => (output.Name, output.Unit.Length == 0
            ? ModelWriter.Formula(output.Definition, network.Name)
            : $"{{ \"expr\": {ModelWriter.Formula(output.Definition, network.Name)}, \"unit\": {Quote(output.Unit)} }}")));
        if (network.Experiment is { } experiment)
        {
            lines.Add($"\"experiment\": {ExperimentOf(experiment)}");
        }

        return $"{{\n  {string.Join(",\n  ", lines)}\n}}\n";
    }

    private static List<(string Name, HybridAutomaton Model)> ModelsOf(AutomatonNetwork network)
    {
        var models = new List<(string Name, HybridAutomaton Model)>();
        foreach (HybridAutomaton model in network.Components.Select(component => component.Model))
        {
            if (models.Exists(known => known.Model.Equals(model)))
            {
                continue;
            }

            string name = model.Name;
            for (int i = 2; models.Exists(known => known.Name == name); i++)
            {
                name = FormattableString.Invariant($"{model.Name} {i}");
            }

            models.Add((name, model));
        }

        return models;
    }

    private static string ComponentOf(NetworkComponent component, List<(string Name, HybridAutomaton Model)> models)
    {
        var parts = new List<string> { $"\"model\": {Quote(models.Find(known => known.Model.Equals(component.Model)).Name)}" };
        if (!component.Values.IsEmpty)
        {
            parts.Add($"\"values\": {{ {string.Join(", ", component.Values.Select(value => $"{Quote(value.Name)}: {ModelWriter.Number(value.Value)}"))} }}");
        }

        if (!component.Labels.IsEmpty)
        {
            parts.Add($"\"labels\": {{ {string.Join(", ", component.Labels.Select(label => $"{Quote(label.Label)}: {Quote(label.Name)}"))} }}");
        }

        return $"{{ {string.Join(", ", parts)} }}";
    }

    private static string ExperimentOf(Experiment experiment)
    {
        var parts = new List<string>();
        if (experiment.Until is { } until)
        {
            parts.Add($"\"until\": {ModelWriter.Number(until)}");
        }

        if (!experiment.Commands.IsEmpty)
        {
            parts.Add($"\"commands\": [{string.Join(", ", experiment.Commands.Select(ModelWriter.Text))}]");
        }

        if (!experiment.Plot.IsEmpty)
        {
            parts.Add($"\"plot\": [{string.Join(", ", experiment.Plot.Select(Quote))}]");
        }

        return $"{{ {string.Join(", ", parts)} }}";
    }

    private static void AddText(List<string> lines, string name, string text)
    {
        if (text.Length > 0)
        {
            lines.Add($"\"{name}\": {Quote(text)}");
        }
    }

    private static void AddSection(List<string> lines, string name, IEnumerable<(string Name, string Value)> entries)
    {
        (string Name, string Value)[] all = [.. entries];
        if (all.Length == 0)
        {
            return;
        }

        var text = new StringBuilder($"\"{name}\": {{");
        for (int i = 0; i < all.Length; i++)
        {
            text.Append(i == 0 ? "\n    " : ",\n    ").Append(Quote(all[i].Name)).Append(": ").Append(all[i].Value.Replace("\n", "\n  ", StringComparison.Ordinal));
        }

        lines.Add(text.Append("\n  }").ToString());
    }

    private static string Indent(string text) => text.Replace("\n", "\n  ", StringComparison.Ordinal);

    private static string Quote(string text) => ModelWriter.Quote(text);
}
