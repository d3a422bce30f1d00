using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>A sampled update without names.</summary>
/// <param name="Source">The declaration.</param>
/// <param name="Clock">Period and offset.</param>
/// <param name="Values">New values, one output for each target.</param>
/// <param name="Targets">~slot of each discrete variable.</param>
internal sealed record CompiledUpdate(SampledUpdate Source, ExprProgram Clock, ExprProgram Values, int[] Targets);
