using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>A clock at whose ticks guards are looked at.</summary>
/// <param name="Name">The name of its first transition, for messages.</param>
/// <param name="Clock">Period and offset.</param>
/// <param name="Transitions">The transitions that it samples, as declared.</param>
internal sealed record GuardClock(string Name, ExprProgram Clock, CompiledTransition[] Transitions);
