using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Dynamics;

/// <summary>The Jacobian df/dx of an <see cref="OdeRightSide"/>.</summary>
/// <param name="time">Time, in seconds.</param>
/// <param name="states">The n states, in the order of the problem.</param>
/// <param name="jacobian">Receives entry [i, j], the derivative of f_i by x_j: n by n, dense, and full of zeros when it comes.</param>
public delegate void OdeJacobian(double time, ReadOnlySpan<double> states, Matrix<double> jacobian);
