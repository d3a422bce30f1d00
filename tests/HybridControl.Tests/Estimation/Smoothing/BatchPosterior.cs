using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Tests.Estimation.Smoothing;

/// <summary>Everything as a linear map of independent sources, conditioned on all measurements at once: the oracle of smoothers.</summary>
/// <remarks>
/// A row holds a constant, then a coefficient for each source. Sources have variance one or no prior at all. The posterior minimises the sum
/// of squares of the former under the measurements as equations; its covariance is a block of the inverse of that dense system.
/// </remarks>
internal sealed class BatchPosterior(int capacity)
{
    private readonly List<bool> _isKnown = [];
    private readonly List<Vector<double>> _equations = [];

    /// <summary>Rows of constants.</summary>
    public Matrix<double> Constant(params double[] values)
    {
        Matrix<double> rows = Matrix<double>.Build.Dense(values.Length, capacity + 1);
        rows.SetColumn(0, values);
        return rows;
    }

    /// <summary>New sources, each a row.</summary>
    public Matrix<double> Sources(int count, bool isKnown = true)
    {
        Matrix<double> rows = Matrix<double>.Build.Dense(count, capacity + 1);
        for (int i = 0; i < count; i++)
        {
            _isKnown.Add(isKnown);
            rows[i, _isKnown.Count] = 1.0;
        }

        return rows;
    }

    /// <summary>States of which nothing is known.</summary>
    public Matrix<double> Unknown(int count) => Sources(count, isKnown: false);

    /// <summary>Learns that rows have values; NaN is none.</summary>
    public void Observe(Matrix<double> rows, double[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsNaN(values[i]))
            {
                Vector<double> equation = rows.Row(i);
                equation[0] = values[i] - equation[0];
                _equations.Add(equation);
            }
        }
    }

    /// <summary>Mean and covariance of rows.</summary>
    public (double[] Mean, double[] Covariance) Of(Matrix<double> rows)
    {
        (int sources, int equations) = (_isKnown.Count, _equations.Count);
        Matrix<double> system = Matrix<double>.Build.Dense(sources + equations, sources + equations);
        Vector<double> right = Vector<double>.Build.Dense(sources + equations);
        for (int i = 0; i < sources; i++)
        {
            system[i, i] = _isKnown[i] ? 1.0 : 0.0;
        }

        for (int k = 0; k < equations; k++)
        {
            Vector<double> coefficients = _equations[k].SubVector(1, sources);
            system.SetColumn(sources + k, 0, sources, coefficients);
            system.SetRow(sources + k, 0, sources, coefficients);
            right[sources + k] = _equations[k][0];
        }

        Matrix<double> inverse = system.Inverse();
        Matrix<double> map = rows.SubMatrix(0, rows.RowCount, 1, sources);
        Vector<double> values = (inverse * right).SubVector(0, sources);
        return ((rows.Column(0) + (map * values)).ToArray(),
            (map * inverse.SubMatrix(0, sources, 0, sources)).TransposeAndMultiply(map).ToRowMajorArray());
    }
}
