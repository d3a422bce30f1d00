using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>Values of the parameters of a fit, by name.</summary>
public sealed class FitValues
{
    private readonly IReadOnlyList<FitParameter> _parameters;
    private readonly double[] _values;

    /// <summary>Pairs parameters with values.</summary>
    internal FitValues(IReadOnlyList<FitParameter> parameters, double[] values) => (_parameters, _values) = (parameters, values);

    /// <summary>The value of a parameter.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ModelException">There is no such parameter.</exception>
    public double this[string name]
    {
        get
        {
            for (int i = 0; i < _values.Length; i++)
            {
                if (_parameters[i].Name == name)
                {
                    return _values[i];
                }
            }

            throw new ModelException(
                "parameters",
                $"unknown parameter '{name}'",
                HybridControl.Numerics.Suggestions.For(name, _parameters.Select(parameter => parameter.Name)));
        }
    }
}
