using System.Globalization;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using Spectre.Console;

namespace HybridControl.Cli.SequenceModels;

/// <summary>A table of time and memory, a row for each layer.</summary>
internal static class LayerReport
{
    public static void Write(Terminal terminal, LayerStack stack, SequenceState state, IReadOnlyDictionary<string, double> seconds)
    {
        var table = new Table().AddColumns("part", "time, ms", "share", "parameters, bytes", "state, bytes");
        double total = stack.Layers.Sum(layer => seconds.GetValueOrDefault(layer.Name)) + seconds.GetValueOrDefault("head");
        foreach (StackLayer layer in stack.Layers)
        {
            Row(layer.Name, seconds.GetValueOrDefault(layer.Name), layer.ParameterBytes, StateBytes(state, layer.Name));
        }

        Row("head", seconds.GetValueOrDefault("head"), stack.ParameterBytes - stack.Layers.Sum(layer => layer.ParameterBytes), 0);
        terminal.WriteTable(table);
        terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"working memory {stack.WorkspaceBytes:N0} bytes"));

        void Row(string name, double time, long parameters, long memory) => table.AddRow(
            new Text(name),
            new Text((1e3 * time).ToString("F3", CultureInfo.InvariantCulture)),
            new Text(total > 0.0 ? (time / total).ToString("P1", CultureInfo.InvariantCulture) : ""),
            new Text(parameters.ToString("N0", CultureInfo.InvariantCulture)),
            new Text(memory.ToString("N0", CultureInfo.InvariantCulture)));
    }

    private static long StateBytes(SequenceState state, string layer) => Enumerable.Range(0, state.Layout.Slots.Count)
        .Where(slot => state.Layout.Slots[slot].Name.StartsWith($"{layer}.", StringComparison.Ordinal))
        .Sum(state.BytesOf);
}
