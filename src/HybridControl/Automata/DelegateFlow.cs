using HybridControl.Numerics;

namespace HybridControl.Automata;

/// <summary>A flow written as a C# method over spans.</summary>
/// <param name="Function">The method; it must write every derivative and must not keep a span.</param>
/// <remarks>
/// Opaque: it runs on the CPU only, has no file form, and guards along it are searched without the benefit of an
/// expression for the flow. Everything else works as with expressions.
/// </remarks>
public sealed record DelegateFlow(FlowFunction Function) : Flow
{
    /// <summary>The derivatives by the states, for implicit methods; null, the default, for differences of <see cref="Function"/>.</summary>
    public FlowJacobian? Jacobian { get; init; }

    /// <summary>Where these derivatives may differ from zero, n by n; null, the default, for everywhere.</summary>
    /// <remarks>
    /// Fewer entries make differences and factors cheaper: a band of width w takes w evaluations instead of n. An entry that is left
    /// out is taken as zero, also where <see cref="Jacobian"/> writes it.
    /// </remarks>
    public SparsityPattern? Pattern { get; init; }
}
