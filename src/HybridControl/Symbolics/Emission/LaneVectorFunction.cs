namespace HybridControl.Symbolics.Emission;

/// <summary>Several emitted expressions at many points, laid out by component, then point.</summary>
/// <param name="time">Time, the same for all points.</param>
/// <param name="states">First state of the first point.</param>
/// <param name="data">First entry of the data block, the same for all points.</param>
/// <param name="results">First result of the first point; must not overlap the states.</param>
/// <param name="stride">Distance between two components of a point, in numbers; of states and results alike.</param>
/// <param name="count">The number of points; the room for them is a multiple of <see cref="LaneVectorFunctions.PointsAtOnce"/>.</param>
internal delegate void LaneVectorFunction(
    double time, ref double states, ref double data, ref double results, int stride, int count);
