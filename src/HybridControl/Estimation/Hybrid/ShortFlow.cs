using System.Runtime.InteropServices;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>A flow over a short time, forwards or backwards, with its Jacobian.</summary>
/// <remarks>
/// The classical Runge-Kutta method on x' = f and M' = (df/dx) M in four equal steps: from a located event to the end of a
/// substep and back, which is a small part of what the flow does between measurements. Work space of one user.
/// </remarks>
internal sealed class ShortFlow
{
    private const int Steps = 4;

    private readonly int _n;
    private readonly int _columns;
    private readonly double[] _jacobian;
    private readonly double[] _point;
    private readonly double[] _stage;
    private readonly double[] _sum;

    /// <summary>Makes room for n states and a number of columns of deviations.</summary>
    public ShortFlow(int n, int columns)
    {
        (_n, _columns) = (n, columns);
        int size = n + (n * columns);
        _jacobian = new double[n * n];
        _point = new double[size];
        _stage = new double[size];
        _sum = new double[size];
    }

    /// <summary>Moves a state and a matrix of deviations along.</summary>
    /// <param name="flow">The equations.</param>
    /// <param name="time">Time of the state.</param>
    /// <param name="span">How far, in seconds; negative for backwards.</param>
    /// <param name="data">The data block.</param>
    /// <param name="x">The n states, moved.</param>
    /// <param name="matrix">M, n by columns, multiplied from the left by the Jacobian of the flow.</param>
    public void Move(FlowEquations flow, double time, double span, double[] data, Span<double> x, Span<double> matrix)
    {
        if (span == 0.0)
        {
            return;
        }

        double h = span / Steps;
        for (int i = 0; i < Steps; i++)
        {
            Step(flow, time + (i * h), h, data, x, matrix);
        }
    }

    private void Step(FlowEquations flow, double time, double h, double[] data, Span<double> x, Span<double> matrix)
    {
        Gather(x, matrix, 0.0);
        Slopes(flow, time, data);
        _stage.CopyTo(_sum, 0);
        Gather(x, matrix, 0.5 * h);
        Slopes(flow, time + (0.5 * h), data);
        Dense.Axpy(2.0, _stage, _sum);
        Gather(x, matrix, 0.5 * h);
        Slopes(flow, time + (0.5 * h), data);
        Dense.Axpy(2.0, _stage, _sum);
        Gather(x, matrix, h);
        Slopes(flow, time + h, data);
        Dense.Axpy(1.0, _stage, _sum);
        Dense.Axpy(h / 6.0, _sum.AsSpan(0, _n), x);
        Dense.Axpy(h / 6.0, _sum.AsSpan(_n), matrix);
    }

    // The point of the next stage: the start plus the last slopes times a part of the step.
    private void Gather(ReadOnlySpan<double> x, ReadOnlySpan<double> matrix, double part)
    {
        x.CopyTo(_point);
        matrix.CopyTo(_point.AsSpan(_n));
        if (part != 0.0)
        {
            Dense.Axpy(part, _stage, _point);
        }
    }

    private void Slopes(FlowEquations flow, double time, double[] data)
    {
        flow.Flow(time, ref _point[0], ref MemoryMarshal.GetArrayDataReference(data), ref _stage[0]);
        flow.Jacobian(time, ref _point[0], ref MemoryMarshal.GetArrayDataReference(data), ref _jacobian[0]);
        Dense.Multiply(_jacobian, _point.AsSpan(_n), _stage.AsSpan(_n), _n, _n, _columns);
    }
}
