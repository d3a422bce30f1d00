namespace HybridControl.Symbolics.Emission;

/// <summary>Several emitted expressions at a point.</summary>
/// <param name="time">Time.</param>
/// <param name="states">First of the n states.</param>
/// <param name="data">First entry of the data block.</param>
/// <param name="results">First of the results; must not overlap the states.</param>
public delegate void VectorFunction(double time, ref double states, ref double data, ref double results);
