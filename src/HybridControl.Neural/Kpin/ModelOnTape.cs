using HybridControl.Neural.Autodiff;

namespace HybridControl.Neural.Kpin;

/// <summary>A model of the core as a function on a tape: value, Jacobian and noise factor of each sample in one column.</summary>
/// <remarks>
/// The derivative of the value is the Jacobian. That of Jacobian and noise factor, second derivatives of the model, is taken by
/// central differences of the exact Jacobian, which costs 2 n linearisations and leaves errors of about 1e-9; for linear models
/// it is zero.
/// </remarks>
internal abstract class ModelOnTape : IBatchFunction
{
    private readonly int _n;
    private readonly int _values;
    private readonly bool _isLinear;
    private readonly double[] _x;
    private readonly double[] _above;
    private readonly double[] _below;

    protected ModelOnTape(int states, int values, int noises, bool isLinear)
    {
        (_n, _values, _isLinear) = (states, values, isLinear);
        OutputRows = (values * (1 + states)) + noises;
        _x = new double[states];
        _above = new double[OutputRows];
        _below = new double[OutputRows];
    }

    public int InputRows => _n;

    public int OutputRows { get; }

    public void Evaluate(int batch, ReadOnlySpan<double> x, Span<double> y)
    {
        for (int b = 0; b < batch; b++)
        {
            Gather(x, batch, b);
            Linearize(b, _x, _above);
            for (int i = 0; i < _above.Length; i++)
            {
                y[(i * batch) + b] = _above[i];
            }
        }
    }

    public void AddAdjoint(
        int batch, ReadOnlySpan<double> x, ReadOnlySpan<double> y, ReadOnlySpan<double> outputAdjoint, Span<double> inputAdjoint)
    {
        for (int i = 0; i < _values; i++)
        {
            for (int k = 0; k < _n; k++)
            {
                BatchLoops.AddProduct(
                    inputAdjoint.Slice(k * batch, batch),
                    y.Slice((_values + (i * _n) + k) * batch, batch),
                    outputAdjoint.Slice(i * batch, batch));
            }
        }

        for (int b = 0; b < batch && !_isLinear; b++)
        {
            Gather(x, batch, b);
            for (int k = 0; k < _n; k++)
            {
                inputAdjoint[(k * batch) + b] += Difference(b, k, batch, outputAdjoint);
            }
        }
    }

    /// <summary>Writes value, Jacobian and noise factor of a sample.</summary>
    protected abstract void Linearize(int sample, ReadOnlySpan<double> x, Span<double> result);

    private double Difference(int b, int k, int batch, ReadOnlySpan<double> adjoint)
    {
        double at = _x[k];
        double h = 1e-5 * (1.0 + Math.Abs(at));
        _x[k] = at + h;
        Linearize(b, _x, _above);
        _x[k] = at - h;
        Linearize(b, _x, _below);
        _x[k] = at;
        double sum = 0.0;
        for (int i = _values; i < _above.Length; i++)
        {
            sum += adjoint[(i * batch) + b] * (_above[i] - _below[i]);
        }

        return sum / (2.0 * h);
    }

    private void Gather(ReadOnlySpan<double> x, int batch, int b)
    {
        for (int i = 0; i < _x.Length; i++)
        {
            _x[i] = x[(i * batch) + b];
        }
    }
}
