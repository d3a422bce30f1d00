namespace HybridControl.Automata;

/// <summary>A right-hand side over spans.</summary>
/// <param name="time">Time, in seconds.</param>
/// <param name="states">The n states, in the order of the model.</param>
/// <param name="data">Parameters, then discrete variables, then inputs at <paramref name="time"/>, each in the order of the model.</param>
/// <param name="derivatives">Receives the n time derivatives.</param>
public delegate void FlowFunction(
    double time, ReadOnlySpan<double> states, ReadOnlySpan<double> data, Span<double> derivatives);
