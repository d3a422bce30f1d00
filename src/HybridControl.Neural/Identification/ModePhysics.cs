using System.Collections.Immutable;
using HybridControl.Automata;

namespace HybridControl.Neural.Identification;

/// <summary>What a mode says about the system that is learned: dx/dt = f(x, u) along inputs that nobody measured.</summary>
/// <param name="Automaton">The model. Each of its states is an output of the data, by name; inputs of the data that it has by name are held.</param>
/// <param name="Mode">Name of the mode.</param>
/// <param name="Scenarios">
/// Collocation points: for each scenario the inputs of the data, row by row, one row for each sample. The learned system follows them from rest.
/// </param>
/// <remarks>
/// The residual at a row is the derivative of the learned outputs, which a diagonal system has in closed form, less the flow at these outputs, in
/// units of the flow's root mean square along the data. Training begins with the poles of the flow's linearisation. M. Raissi, P. Perdikaris and G. E. Karniadakis, J. Comput. Phys. 378 (2019), 686-707.
/// </remarks>
public sealed record ModePhysics(HybridAutomaton Automaton, string Mode, ImmutableArray<ImmutableArray<double>> Scenarios);
