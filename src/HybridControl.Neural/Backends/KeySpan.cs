namespace HybridControl.Neural.Backends;

/// <summary>Which keys of a cache a stream may look at.</summary>
/// <param name="FirstRow">Row of the cache at which the stream's keys begin.</param>
/// <param name="Count">Keys of the stream, those of this very pass included.</param>
/// <param name="Dropped">Keys that were dropped between the ones always kept and the rest.</param>
/// <param name="FirstQuery">Position in its sequence of the stream's first query.</param>
public readonly record struct KeySpan(int FirstRow, int Count, long Dropped, long FirstQuery);
