namespace HybridControl.Tests.Serialization.Fuzzing;

/// <summary>A reader under attack.</summary>
/// <param name="Name">Name for reports.</param>
/// <param name="Corpus">Inputs to damage, all of them good.</param>
/// <param name="Read">Reads an input; true if it was accepted, false if it was refused as it should be, anything else is a fault.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Corpus, Func<byte[], bool> Read);
