namespace HybridControl.Automata;

/// <summary>A flow written as a C# method over spans.</summary>
/// <param name="Function">The method; it must write every derivative and must not keep a span.</param>
/// <remarks>
/// Opaque: it runs on the CPU only, has no file form, and guards along it are searched without the benefit of an
/// expression for the flow. Everything else works as with expressions.
/// </remarks>
public sealed record DelegateFlow(FlowFunction Function) : Flow;
