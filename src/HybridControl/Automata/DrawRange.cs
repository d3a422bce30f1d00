namespace HybridControl.Automata;

/// <summary>The random draws of one place of a model: neighbours in its list of draws.</summary>
/// <param name="First">Number of the first draw.</param>
/// <param name="Count">How many there are.</param>
internal readonly record struct DrawRange(int First, int Count);
