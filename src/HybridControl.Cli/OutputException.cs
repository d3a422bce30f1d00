namespace HybridControl.Cli;

/// <summary>The standard output cannot be written.</summary>
internal sealed class OutputException(IOException inner) : IOException(inner.Message, inner);
