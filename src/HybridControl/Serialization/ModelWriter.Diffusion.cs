using HybridControl.Automata;

namespace HybridControl.Serialization;

/// <content>Wiener processes and diffusions.</content>
internal sealed partial class ModelWriter
{
    private void WriteProcesses()
    {
        if (!_automaton.WienerProcesses.IsEmpty)
        {
            _json.WritePropertyName("wiener");
            _json.WriteRawValue($"[{string.Join(", ", _automaton.WienerProcesses.Select(process => Quote(process.Name)))}]");
        }
    }

    // A state with no noise but its own is written short.
    private void WriteDiffusion(Mode mode)
    {
        IGrouping<string, DiffusionTerm>[] states = [.. mode.Diffusion.GroupBy(term => term.State)];
        WriteSection("diffusion", states, state => state.Key, state =>
        {
            DiffusionTerm first = state.First();
            _json.WriteRawValue(state.Count() == 1 && first.Process == first.State
                ? Formula(first.Value)
                : $"{{ {string.Join(", ", state.Select(term => $"{Quote(term.Process)}: {Formula(term.Value)}"))} }}");
        });
    }
}
