namespace HybridControl.Automata;

/// <summary>A source of white noise that diffusions name: a standard Wiener process, independent of all others.</summary>
/// <param name="Name">Name, unique among the processes and not that of a state. It is no variable: expressions do not know it.</param>
public sealed record WienerProcess(string Name);
