using HybridControl.Symbolics.Emission;

namespace HybridControl.Dynamics;

/// <summary>Some rows of a Jacobian, and the columns of the same numbers, as code of their own.</summary>
/// <param name="Entries">Where they may differ from zero, row by row, in numbers of the whole.</param>
/// <param name="Values">Writes the entries in this order.</param>
/// <param name="Moves">Whether any of them depends on states or time.</param>
internal sealed record JacobianBlock((int Row, int Column)[] Entries, VectorFunction Values, bool Moves);
