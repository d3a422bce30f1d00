namespace HybridControl.Solvers;

/// <summary>One trial step of a Runge-Kutta method.</summary>
/// <param name="time">Start of the step.</param>
/// <param name="size">Step size h.</param>
/// <param name="states">First of the n states at the start.</param>
/// <param name="data">First entry of the data block.</param>
/// <param name="work">
/// First entry of the work block: n states at the end (written), then s stage derivatives of n entries each; the first
/// is read, the others are written, the last belongs to the end of the step. Entries of states at rest stay zero.
/// </param>
/// <param name="relative">Relative tolerance.</param>
/// <param name="absolute">Absolute tolerance.</param>
/// <returns>Mean square of the scaled error, or zero where the method estimates none.</returns>
internal delegate double StepFunction(
    double time, double size, ref double states, ref double data, ref double work, double relative, double absolute);
