namespace HybridControl.Simulation;

/// <summary>Steps that were rejected close to one time, down to a step far shorter than before: the mark of a flow that is not smooth there.</summary>
/// <param name="Time">End of the shortest step, in seconds.</param>
/// <param name="From">Start of the first step that was rejected.</param>
/// <param name="To">End of the last step that was.</param>
/// <param name="Rejections">How many were rejected.</param>
/// <param name="Before">Length of the step before, in seconds.</param>
/// <param name="Shortest">Length of the shortest, in seconds.</param>
/// <param name="State">The state whose error was largest in the shortest.</param>
public sealed record RejectionCluster(double Time, double From, double To, long Rejections, double Before, double Shortest, string State);
