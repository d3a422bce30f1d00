using System.Numerics;

namespace HybridControl.Neural.Identification;

/// <summary>States, outputs and errors of a <see cref="ModalSystem"/> along a run, and the way back.</summary>
internal sealed class ModalPass
{
    private readonly ModalSystem _system;
    private readonly ModalRun _run;
    private readonly Complex[] _initial;
    private readonly Complex[] _prior;
    private readonly Complex[] _posterior;
    private readonly double[] _outputs;
    private readonly double[] _errors;
    private readonly bool _corrects;

    public ModalPass(ModalSystem system, ModalRun run, ReadOnlySpan<Complex> initial, bool corrects)
    {
        (_system, _run, _corrects) = (system, run, corrects);
        _initial = initial.ToArray();
        _prior = new Complex[run.Rows * system.Modes];
        _posterior = corrects ? new Complex[_prior.Length] : _prior;
        _outputs = new double[run.Rows * system.Outputs];
        _errors = new double[_outputs.Length];
    }

    /// <summary>State at a row, from its inputs and all before.</summary>
    public Span<Complex> Prior(int row) => _prior.AsSpan(row * _system.Modes, _system.Modes);

    /// <summary>State after the outputs of a row.</summary>
    public Span<Complex> Posterior(int row) => _posterior.AsSpan(row * _system.Modes, _system.Modes);

    /// <summary>Outputs as foretold.</summary>
    public Span<double> Output(int row) => _outputs.AsSpan(row * _system.Outputs, _system.Outputs);

    /// <summary>Measured less foretold; zero where nothing was measured.</summary>
    public Span<double> Error(int row) => _errors.AsSpan(row * _system.Outputs, _system.Outputs);

    /// <summary>All errors, row by row.</summary>
    public ReadOnlySpan<double> Errors => _errors;

    /// <summary>Adds the gradient that comes from some leading rows.</summary>
    /// <param name="rows">How many rows.</param>
    /// <param name="errorAdjoint">Derivative of the loss by each error, row by row.</param>
    /// <param name="stateAdjoint">Derivative by the real and imaginary part of each prior state, or none.</param>
    /// <param name="gradient">Is added to.</param>
    /// <remarks>
    /// The adjoint of a complex number holds the derivatives by its real and its imaginary part; through z = a w it reaches w as conj(a) times.
    /// </remarks>
    public void AddGradient(int rows, ReadOnlySpan<double> errorAdjoint, ReadOnlySpan<Complex> stateAdjoint, ModalGradient gradient)
    {
        (int modes, int inputs, int outputs) = (_system.Modes, _system.Inputs, _system.Outputs);
        Complex[] multipliers = _system.Multipliers();
        var next = new Complex[modes]; // adjoint of the posterior state
        var output = new double[outputs];
        for (int k = rows - 1; k >= 0; k--)
        {
            ReadOnlySpan<double> error = Error(k);
            for (int o = 0; o < outputs; o++)
            {
                double adjoint = errorAdjoint[(k * outputs) + o];
                bool isFixed = _corrects && double.IsNaN(_run.Outputs[(k * outputs) + o]); // then the error is zero whatever the output
                for (int i = 0; _corrects && i < modes; i++)
                {
                    Complex gain = _system.K[(i * outputs) + o];
                    adjoint += (gain.Real * next[i].Real) + (gain.Imaginary * next[i].Imaginary);
                    gradient.K[(i * outputs) + o] += next[i] * error[o];
                }

                output[o] = isFixed ? 0.0 : -adjoint;
                gradient.Offset[o] += output[o];
                for (int j = 0; j < inputs; j++)
                {
                    gradient.D[(o * inputs) + j] += output[o] * _run.Inputs[(k * inputs) + j];
                }
            }

            ReadOnlySpan<Complex> state = Prior(k);
            ReadOnlySpan<Complex> before = k > 0 ? Posterior(k - 1) : _initial;
            for (int i = 0; i < modes; i++)
            {
                Complex adjoint = next[i] + (stateAdjoint.IsEmpty ? 0.0 : stateAdjoint[(k * modes) + i]);
                for (int o = 0; o < outputs; o++)
                {
                    adjoint += 2.0 * output[o] * Complex.Conjugate(_system.C[(o * modes) + i]);
                    gradient.C[(o * modes) + i] += 2.0 * output[o] * Complex.Conjugate(state[i]);
                }

                for (int j = 0; j < inputs; j++)
                {
                    gradient.B[(i * inputs) + j] += adjoint * _run.Inputs[(k * inputs) + j];
                }

                Complex back = Complex.Conjugate(multipliers[i]) * adjoint;
                gradient.Exponents[i] += back * Complex.Conjugate(before[i]);
                next[i] = back;
            }
        }

        for (int i = 0; i < modes; i++)
        {
            gradient.Initial[i] += next[i];
        }
    }
}
