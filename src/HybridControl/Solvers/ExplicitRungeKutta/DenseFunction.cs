namespace HybridControl.Solvers;

/// <summary>The part of a step that only its dense output needs.</summary>
/// <param name="time">Start of the step.</param>
/// <param name="size">Step size h.</param>
/// <param name="states">First of the n states at the start.</param>
/// <param name="data">First entry of the data block.</param>
/// <param name="work">
/// First entry of the work block of <see cref="StepFunction"/>, after the step; behind the stages it receives the extra
/// stages, and behind them the sums h sum_j d_mj k_j, n entries each. Entries of states at rest stay zero.
/// </param>
internal delegate void DenseFunction(double time, double size, ref double states, ref double data, ref double work);
