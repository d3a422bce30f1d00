namespace HybridControl.Dynamics;

/// <summary>The right-hand side f of x' = f(t, x), or of M x' = f(t, x), as a C# method.</summary>
/// <param name="time">Time, in seconds.</param>
/// <param name="states">The n states, in the order of the problem.</param>
/// <param name="derivatives">Receives the n derivatives; every one must be written.</param>
/// <remarks>It may be called for any time and states near the solution, from one thread, and must not keep a span.</remarks>
public delegate void OdeRightSide(double time, ReadOnlySpan<double> states, Span<double> derivatives);
