using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Layers;
using HybridControl.Numerics;

namespace HybridControl.Benchmarks.Recall;

/// <summary>Forecasting: the sum of two waves of unknown frequency, seen with noise, four samples ahead.</summary>
internal sealed class ForecastTask : IStudyTask
{
    private const int Ahead = 4;
    private const double Noise = 0.1;
    private const int Judged = 256;
    private const long FirstJudged = 1L << 40;

    public string Name => "forecast";

    public string Measure => "error at the last sample, root mean square over that of the signal";

    public int Signals => 1;

    public int Outputs => 1;

    public int[] Lengths => [8, 16, 32, 64];

    public int Steps => 1000;

    public string Format => "F3";

    public int RowsOf(int length) => length;

    public Variable Loss(SequenceModel model, Tape tape, BoundParameters bound, int length, int batch, ulong seed, long first)
    {
        (double[] seen, double[] ahead) = Draw(length, batch, seed, first);
        Variable forecast = model.Forward(tape, bound, tape.Constant(seen, batch, length, 1));
        return tape.MeanSquaredError(forecast, tape.Constant(ahead, batch, length, 1));
    }

    public double Score(SequenceModel model, int length, ulong seed)
    {
        var tape = new Tape();
        (double[] seen, double[] ahead) = Draw(length, Judged, seed, FirstJudged);
        Variable forecast = model.Forward(tape, model.Parameters.Bind(tape), tape.Constant(seen, Judged, length, 1), from: length - 1);
        ReadOnlySpan<double> values = tape.Value(forecast);
        double error = 0.0;
        double power = 0.0;
        for (int b = 0; b < Judged; b++)
        {
            double right = ahead[((length - 1) * Judged) + b];
            error += (values[b] - right) * (values[b] - right);
            power += right * right;
        }

        return Math.Sqrt(error / power);
    }

    // The samples with noise, and the signal without noise some samples later.
    private static (double[] Seen, double[] Ahead) Draw(int length, int batch, ulong seed, long first)
    {
        var seen = new double[length * batch];
        var ahead = new double[length * batch];
        for (int b = 0; b < batch; b++)
        {
            double Uniform(int draw) => Philox4x32.Uniform(seed, first + b, 2, draw);
            double Wave(int wave, int sample) =>
                Math.Sin(((0.1 + (1.0 * Uniform(2 * wave))) * sample) + (2.0 * Math.PI * Uniform((2 * wave) + 1)));
            for (int k = 0; k < length; k++)
            {
                seen[(k * batch) + b] = Wave(0, k) + Wave(1, k) + (Noise * NormalLaw.Quantile(Uniform(4 + k)));
                ahead[(k * batch) + b] = Wave(0, k + Ahead) + Wave(1, k + Ahead);
            }
        }

        return (seen, ahead);
    }
}
