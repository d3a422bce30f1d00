namespace HybridControl.Symbolics.Emission;

/// <summary>An emitted expression at a point.</summary>
/// <typeparam name="T">Number type.</typeparam>
/// <param name="time">Time.</param>
/// <param name="states">First of the n states.</param>
/// <param name="data">First entry of the data block.</param>
public delegate T PointFunction<T>(T time, ref T states, ref double data);
