using HybridControl.Automata;

namespace HybridControl.Simulation;

/// <summary>What happens where two flows that point at their common surface hand over to each other without end.</summary>
public enum ChatteringPolicy
{
    /// <summary>The run ends as an error that names the modes or the choice, the surface and the share of each flow.</summary>
    Throw,

    /// <summary>The run ends in good order with status <see cref="RunStatus.Chattering"/>.</summary>
    Stop,

    /// <summary>Sliding modes are added before the run wherever the model may slide, see <see cref="HybridAutomaton.WithAllSliding"/>.</summary>
    Slide,
}
