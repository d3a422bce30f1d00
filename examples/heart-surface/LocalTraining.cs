using HybridControl.Estimation;
using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Training;
using HybridControl.Numerics;
using Products = HybridControl.Numerics.Dense;

namespace HeartSurface;

/// <summary>Learns the dynamics from electrodes alone: the filter's innovations should be small.</summary>
/// <remarks>
/// The loss is the sum of nu' S^-1 nu / 2 over all samples of all beats, differentiated through the means of the filter with
/// its gains frozen; gains are computed anew every few steps. A prediction error method: L. Ljung, System Identification (1999), chapter 7.
/// </remarks>
public sealed class LocalTraining : ITrainingTask
{
    private readonly Beat[] _beats;
    private readonly double[,] _conductor;
    private readonly double[] _laplacian;
    private readonly double[] _electrodeMatrix;
    private readonly LocalNetwork _network;
    private readonly Func<ExtendedKalmanFilter> _filter;
    private readonly double _step;
    private double[][][] _gains = [];
    private double[][][] _factors = [];

    /// <summary>Prepares training.</summary>
    public LocalTraining(Beat[] beats, double[,] conductor, LocalNetwork network, Func<ExtendedKalmanFilter> filter, double step)
    {
        (_beats, _conductor, _network, _filter, _step) = (beats, conductor, network, filter, step);
        _laplacian = LocalNetwork.Laplacian(conductor.GetLength(1));
        _electrodeMatrix = [.. conductor.Cast<double>()];
    }

    /// <inheritdoc/>
    public int Samples => _beats.Length;

    /// <inheritdoc/>
    public string SampleName(int sample) => $"beat {sample}";

    /// <inheritdoc/>
    public double? Validate() => null;

    /// <summary>Runs the filter over every beat with the present network and keeps its gains.</summary>
    public void Refresh()
    {
        (int m, int n) = (_conductor.GetLength(0), _conductor.GetLength(1));
        _gains = new double[_beats.Length][][];
        _factors = new double[_beats.Length][][];
        Parallel.For(0, _beats.Length, b =>
        {
            ExtendedKalmanFilter filter = _filter();
            double[] spread = new double[m * n];
            int samples = _beats[b].Electrodes.Length;
            (_gains[b], _factors[b]) = (new double[samples][], new double[samples][]);
            for (int k = 0; k < samples; k++)
            {
                filter.Predict((k + 1) * _step);
                double[] factor = filter.Belief.Factor.ToArray();
                filter.Update(_beats[b].Electrodes[k]);
                double[] s = filter.Innovation.Factor.ToArray();
                double[] gain = new double[n * m];
                Products.MultiplyLower(_electrodeMatrix, factor, spread, m, n, n);
                Products.MultiplyTransposed(factor, spread, gain, n, n, m); // P H'
                LowerTriangular.SolveRows(s, gain, m);
                LowerTriangular.SolveTransposedRows(s, gain, m);
                (_gains[b][k], _factors[b][k]) = (gain, s);
            }
        });
    }

    /// <inheritdoc/>
    public TrainingSum Accumulate(Tape tape, int first, int count, int iteration, Span<double> gradient)
    {
        double loss = 0.0;
        for (int b = first; b < first + count; b++)
        {
            tape.Reset();
            BoundParameters bound = _network.Parameters.Bind(tape);
            Variable share = Loss(tape, bound, b);
            tape.Backward(share);
            Products.Axpy(1.0, tape.Gradient(bound.All), gradient);
            double value = tape.Value(share)[0];
            if (!double.IsFinite(value))
            {
                return new TrainingSum(value, b);
            }

            loss += value;
        }

        return new TrainingSum(loss);
    }

    private Variable Loss(Tape tape, BoundParameters bound, int beat)
    {
        (int m, int n) = (_conductor.GetLength(0), _conductor.GetLength(1));
        Variable laplacian = tape.Constant(_laplacian, 1, n, n);
        Variable h = tape.Constant(_electrodeMatrix, 1, m, n);
        Variable x = tape.Constant(new double[n], 1, 1, n);
        Variable sum = tape.Constant([0.0], 1, 1, 1);
        for (int k = 0; k < _gains[beat].Length; k++)
        {
            x = _network.Next(tape, bound, x, laplacian);
            Variable y = tape.Constant(_beats[beat].Electrodes[k], 1, m, 1);
            Variable innovation = tape.Subtract(y, tape.Product(h, x, transposeSecond: true));
            Variable s = tape.Constant(_factors[beat][k], 1, m, m);
            sum = tape.Add(sum, tape.InverseQuadraticForm(s, innovation));
            Variable gain = tape.Constant(_gains[beat][k], 1, n, m);
            x = tape.Add(x, tape.Transpose(tape.Product(gain, innovation)));
        }

        return tape.Scale(sum, 0.5 / (_beats.Length * _gains[beat].Length * m));
    }
}
