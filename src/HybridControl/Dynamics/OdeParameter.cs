namespace HybridControl.Dynamics;

/// <summary>A parameter of an <see cref="OdeProblem"/>.</summary>
/// <param name="Name">Name, unique in the problem.</param>
/// <param name="Value">Its value, finite.</param>
public sealed record OdeParameter(string Name, double Value);
