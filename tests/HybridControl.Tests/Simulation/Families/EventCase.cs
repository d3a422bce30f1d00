using System.Collections.Immutable;
using HybridControl.Solvers;

namespace HybridControl.Tests.Simulation.Families;

/// <summary>One drawn case: numbers for the parameters of a model, and the events that follow from them.</summary>
/// <param name="Values">Values of parameters, replacing those of the model.</param>
/// <param name="Start">Start of the run, in seconds.</param>
/// <param name="Until">Its end.</param>
/// <param name="Solver">Method and tolerances.</param>
/// <param name="Expected">The events, in order.</param>
/// <param name="Tolerance">How far the time of an event may be off, in seconds.</param>
internal sealed record EventCase(
    ImmutableDictionary<string, double> Values, double Start, double Until, Solver Solver, ExpectedEvent[] Expected, double Tolerance);
