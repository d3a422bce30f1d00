namespace HybridControl.Neural.Training;

/// <summary>Running means of one optimisation.</summary>
public sealed class AdamWState
{
    private readonly AdamW _settings;
    private readonly ParameterRange[] _ranges;
    private readonly double[] _mean;
    private readonly double[] _square;
    private double _power1 = 1.0;
    private double _power2 = 1.0;

    internal AdamWState(AdamW settings, int length, ParameterRange[] ranges)
    {
        _settings = settings;
        _ranges = ranges;
        _mean = new double[length];
        _square = new double[length];
    }

    /// <summary>Running mean of the gradient, of every parameter.</summary>
    internal Span<double> Mean => _mean;

    /// <summary>Running mean of its square.</summary>
    internal Span<double> Square => _square;

    /// <summary>Powers of the two memories: what the means lack of their full weight.</summary>
    internal (double First, double Second) Powers
    {
        get => (_power1, _power2);
        set => (_power1, _power2) = value;
    }

    /// <summary>Takes one step.</summary>
    /// <param name="values">The parameters, changed in place.</param>
    /// <param name="gradient">Derivative of the loss.</param>
    /// <param name="rate">Length of the step.</param>
    public void Step(Span<double> values, ReadOnlySpan<double> gradient, double rate)
    {
        _power1 *= _settings.Beta1;
        _power2 *= _settings.Beta2;
        foreach (ParameterRange range in _ranges)
        {
            if (!range.IsFrozen)
            {
                Step(values, gradient, rate * range.RateFactor, range);
            }
        }
    }

    /// <summary>Sets the gradient of what stays as it is to zero.</summary>
    internal void ClearFrozen(Span<double> gradient)
    {
        foreach (ParameterRange range in _ranges)
        {
            if (range.IsFrozen)
            {
                gradient.Slice(range.Offset, range.Length).Clear();
            }
        }
    }

    private void Step(Span<double> values, ReadOnlySpan<double> gradient, double rate, ParameterRange range)
    {
        (double beta1, double beta2) = (_settings.Beta1, _settings.Beta2);
        double correction1 = 1.0 / (1.0 - _power1);
        double correction2 = 1.0 / (1.0 - _power2);
        for (int i = range.Offset; i < range.Offset + range.Length; i++)
        {
            double g = gradient[i];
            _mean[i] = (beta1 * _mean[i]) + ((1.0 - beta1) * g);
            _square[i] = (beta2 * _square[i]) + ((1.0 - beta2) * g * g);
            double direction = _mean[i] * correction1 / (Math.Sqrt(_square[i] * correction2) + _settings.Epsilon);
            values[i] -= rate * (direction + (range.WeightDecay * values[i]));
        }
    }
}
