using HybridControl.Symbolics;

namespace HybridControl.Dynamics;

/// <summary>One entry of the mass matrix of an <see cref="OdeProblem"/>: M x' = f.</summary>
/// <param name="Row">The state whose derivative expression is the right side of the row.</param>
/// <param name="Column">The state whose derivative is multiplied.</param>
/// <param name="Value">A number.</param>
/// <remarks>A row with entries has just these; a row without any is that of the identity.</remarks>
public sealed record OdeMass(string Row, string Column, double Value);
