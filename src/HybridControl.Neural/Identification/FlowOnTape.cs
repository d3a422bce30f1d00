using HybridControl.Neural.Autodiff;

namespace HybridControl.Neural.Identification;

/// <summary>The flow of a mode for a batch of states on a tape, with inputs that are given.</summary>
/// <param name="flow">The flow, of the tape's thread.</param>
/// <param name="time">Time in seconds, for signals of the model.</param>
/// <param name="inputs">Inputs of each sample, inputs by batch.</param>
internal sealed class FlowOnTape(ModeFlow flow, double time, double[] inputs) : IBatchFunction
{
    private readonly double[] _x = new double[flow.StateNames.Count];
    private readonly double[] _u = new double[flow.InputNames.Count];
    private readonly double[] _f = new double[flow.StateNames.Count];
    private readonly double[] _jacobian = new double[flow.StateNames.Count * flow.StateNames.Count];

    public int InputRows => _x.Length;

    public int OutputRows => _x.Length;

    public void Evaluate(int batch, ReadOnlySpan<double> x, Span<double> y)
    {
        for (int b = 0; b < batch; b++)
        {
            EvaluateAt(b, batch, x);
            for (int i = 0; i < _f.Length; i++)
            {
                y[(i * batch) + b] = _f[i];
            }
        }
    }

    public void AddAdjoint(
        int batch, ReadOnlySpan<double> x, ReadOnlySpan<double> y, ReadOnlySpan<double> outputAdjoint, Span<double> inputAdjoint)
    {
        int n = _x.Length;
        for (int b = 0; b < batch; b++)
        {
            EvaluateAt(b, batch, x);
            for (int i = 0; i < n; i++)
            {
                double adjoint = outputAdjoint[(i * batch) + b];
                for (int j = 0; j < n; j++)
                {
                    inputAdjoint[(j * batch) + b] += adjoint * _jacobian[(i * n) + j];
                }
            }
        }
    }

    private void EvaluateAt(int b, int batch, ReadOnlySpan<double> x)
    {
        for (int i = 0; i < _x.Length; i++)
        {
            _x[i] = x[(i * batch) + b];
        }

        for (int j = 0; j < _u.Length; j++)
        {
            _u[j] = inputs[(j * batch) + b];
        }

        flow.Evaluate(time, _x, _u, _f, _jacobian);
    }
}
