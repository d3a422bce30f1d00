using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Automata;

/// <summary>The Jacobian of a right-hand side over spans.</summary>
/// <param name="time">Time, in seconds.</param>
/// <param name="states">The n states, in the order of the model.</param>
/// <param name="data">Parameters, then discrete variables, then inputs at <paramref name="time"/>, each in the order of the model.</param>
/// <param name="jacobian">Receives entry [i, j], the derivative of rate i by state j: n by n, dense, and full of zeros when it comes.</param>
public delegate void FlowJacobian(
    double time, ReadOnlySpan<double> states, ReadOnlySpan<double> data, Matrix<double> jacobian);
