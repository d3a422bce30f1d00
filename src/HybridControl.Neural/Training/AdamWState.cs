namespace HybridControl.Neural.Training;

/// <summary>Running means of one optimisation.</summary>
public sealed class AdamWState
{
    private readonly AdamW _settings;
    private readonly double[] _mean;
    private readonly double[] _square;
    private double _power1 = 1.0;
    private double _power2 = 1.0;

    internal AdamWState(AdamW settings, int length)
    {
        _settings = settings;
        _mean = new double[length];
        _square = new double[length];
    }

    /// <summary>Takes one step.</summary>
    /// <param name="values">The parameters, changed in place.</param>
    /// <param name="gradient">Derivative of the loss.</param>
    /// <param name="rate">Length of the step.</param>
    public void Step(Span<double> values, ReadOnlySpan<double> gradient, double rate)
    {
        (double beta1, double beta2) = (_settings.Beta1, _settings.Beta2);
        _power1 *= beta1;
        _power2 *= beta2;
        double correction1 = 1.0 / (1.0 - _power1);
        double correction2 = 1.0 / (1.0 - _power2);
        for (int i = 0; i < _mean.Length; i++)
        {
            double g = gradient[i];
            _mean[i] = (beta1 * _mean[i]) + ((1.0 - beta1) * g);
            _square[i] = (beta2 * _square[i]) + ((1.0 - beta2) * g * g);
            double direction = _mean[i] * correction1 / (Math.Sqrt(_square[i] * correction2) + _settings.Epsilon);
            values[i] -= rate * (direction + (_settings.WeightDecay * values[i]));
        }
    }
}
