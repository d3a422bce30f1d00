namespace HybridControl.Serialization;

/// <summary>One thing that decides a run, by name.</summary>
/// <param name="Path">What it is, such as <c>model.modes.fall.flow.v</c>.</param>
/// <param name="Text">Its beginning, for messages.</param>
/// <param name="Hash">A hash of the whole.</param>
internal readonly record struct FingerprintEntry(string Path, string Text, long Hash);
