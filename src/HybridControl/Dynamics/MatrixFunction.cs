using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Dynamics;

/// <summary>Writes a matrix that depends on a point.</summary>
/// <param name="time">Time, in seconds.</param>
/// <param name="states">First of the states.</param>
/// <param name="data">First entry of the data block.</param>
/// <param name="result">Receives the entries that are not zero.</param>
internal delegate void MatrixFunction(double time, ref double states, ref double data, Matrix<double> result);
