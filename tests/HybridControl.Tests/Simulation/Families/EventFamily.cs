using HybridControl.Automata;

namespace HybridControl.Tests.Simulation.Families;

/// <summary>A model whose events are known for any numbers that its draw gives it.</summary>
/// <param name="Name">Name for reports.</param>
/// <param name="Model">The model; its parameters are drawn.</param>
/// <param name="Draw">Draws a case; null where the draw is ambiguous (events too close to tell apart) and must be repeated.</param>
internal sealed record EventFamily(string Name, HybridAutomaton Model, Func<Random, EventCase?> Draw);
