using System.Numerics;
using HybridControl.Numerics;

namespace HybridControl.Neural.Identification;

/// <summary>Follows a system sample by sample. Allocates nothing after start; one thread at a time.</summary>
public sealed class SsmFilter
{
    private readonly SsmModel _model;
    private readonly Complex[] _multipliers;
    private readonly Complex[] _state;
    private readonly Complex[] _next;
    private readonly double[] _input;
    private readonly double[] _output;
    private readonly double[] _error;
    private readonly double[] _factor;
    private readonly double[] _white;

    internal SsmFilter(SsmModel model)
    {
        _model = model;
        _multipliers = model.System.Multipliers();
        _state = new Complex[model.Modes];
        _next = new Complex[model.Modes];
        _input = new double[model.InputNames.Length];
        int m = model.OutputNames.Length;
        (_output, _error, _white) = (new double[m], new double[m], new double[m]);
        _factor = new double[m * m];
        if (Cholesky.Factor(model.InnovationCovariance.AsSpan(), _factor, m) >= 0)
        {
            Array.Fill(_factor, double.NaN);
        }
    }

    /// <summary>The complex states, to be read, saved or set.</summary>
    public Span<Complex> State => _state;

    /// <summary>Innovations of the last correction in units of their spread: the mean square over the outputs that were measured, 1 on average; NaN if none was.</summary>
    public double NormalizedInnovation { get; private set; } = double.NaN;

    /// <summary>Goes on by one sample.</summary>
    /// <param name="u">The inputs that were held until the sample.</param>
    /// <param name="y">Receives the outputs that are foretold.</param>
    public void Predict(ReadOnlySpan<double> u, Span<double> y)
    {
        for (int j = 0; j < _input.Length; j++)
        {
            _input[j] = u[j] - _model.InputCenter[j];
        }

        _model.System.Advance(_multipliers, _state, _input, _next);
        _next.CopyTo(_state, 0);
        _model.System.Observe(_state, _input, _output);
        for (int o = 0; o < _output.Length; o++)
        {
            _output[o] += _model.OutputCenter[o];
        }

        _output.CopyTo(y);
    }

    /// <summary>Corrects the state by what was measured at the sample.</summary>
    /// <param name="z">The outputs; NaN where one is missing.</param>
    public void Correct(ReadOnlySpan<double> z)
    {
        ModalSystem.Subtract(z, _output, _error);
        NormalizedInnovation = Normalized(z);
        _model.System.Correct(_state, _error, _next);
        _next.CopyTo(_state, 0);
    }

    // Rows of what is missing have no error and no part in the sum; with some missing the others count as if independent.
    private double Normalized(ReadOnlySpan<double> z)
    {
        int m = _error.Length;
        int measured = 0;
        double sum = 0.0;
        _error.CopyTo(_white, 0);
        LowerTriangular.Solve(_factor, _white);
        for (int o = 0; o < m; o++)
        {
            if (!double.IsNaN(z[o]))
            {
                measured++;
                sum += _error[o] * _error[o] / _model.InnovationCovariance[o * (m + 1)];
            }
        }

        return measured == 0 ? double.NaN : measured == m ? Dense.Dot(_white, _white) / m : sum / measured;
    }
}
