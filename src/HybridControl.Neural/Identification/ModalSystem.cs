using System.Numerics;

namespace HybridControl.Neural.Identification;

/// <summary>A diagonal system in units of one sample: s = exp(a) s + B u, y = 2 Re(C s) + D u + offset, and s + K e for the error e of y.</summary>
/// <remarks>Mode i stands for a pair of conjugate poles, or for one real pole, whose a, B, C and K are real.</remarks>
internal sealed class ModalSystem(int modes, int inputs, int outputs)
{
    public int Modes => modes;

    public int Inputs => inputs;

    public int Outputs => outputs;

    /// <summary>Exponents a, one for each mode.</summary>
    public Complex[] Exponents { get; } = new Complex[modes];

    /// <summary>Modes by inputs.</summary>
    public Complex[] B { get; } = new Complex[modes * inputs];

    /// <summary>Outputs by modes.</summary>
    public Complex[] C { get; } = new Complex[outputs * modes];

    /// <summary>Outputs by inputs.</summary>
    public double[] D { get; } = new double[outputs * inputs];

    /// <summary>One for each output.</summary>
    public double[] Offset { get; } = new double[outputs];

    /// <summary>Modes by outputs.</summary>
    public Complex[] K { get; } = new Complex[modes * outputs];

    /// <summary>Follows a run.</summary>
    /// <param name="run">Inputs and outputs.</param>
    /// <param name="initial">State before the first row.</param>
    /// <param name="corrects">Whether errors correct the state.</param>
    public ModalPass Follow(ModalRun run, ReadOnlySpan<Complex> initial, bool corrects)
    {
        var pass = new ModalPass(this, run, initial, corrects);
        Complex[] multipliers = Multipliers();
        ReadOnlySpan<Complex> before = initial;
        for (int k = 0; k < run.Rows; k++)
        {
            ReadOnlySpan<double> u = run.Inputs.AsSpan(k * inputs, inputs);
            Advance(multipliers, before, u, pass.Prior(k));
            Observe(pass.Prior(k), u, pass.Output(k));
            Subtract(run.Outputs.AsSpan(k * outputs, outputs), pass.Output(k), pass.Error(k));
            if (corrects)
            {
                Correct(pass.Prior(k), pass.Error(k), pass.Posterior(k));
            }

            before = pass.Posterior(k);
        }

        return pass;
    }

    /// <summary>exp(a) of each mode.</summary>
    public Complex[] Multipliers() => [.. Exponents.Select(Complex.Exp)];

    /// <summary>exp(a) s + B u.</summary>
    public void Advance(ReadOnlySpan<Complex> multipliers, ReadOnlySpan<Complex> s, ReadOnlySpan<double> u, Span<Complex> next)
    {
        for (int i = 0; i < modes; i++)
        {
            Complex sum = multipliers[i] * s[i];
            for (int j = 0; j < inputs; j++)
            {
                sum += B[(i * inputs) + j] * u[j];
            }

            next[i] = sum;
        }
    }

    /// <summary>2 Re(C s) + D u + offset.</summary>
    public void Observe(ReadOnlySpan<Complex> s, ReadOnlySpan<double> u, Span<double> y)
    {
        for (int o = 0; o < outputs; o++)
        {
            double sum = Offset[o];
            for (int i = 0; i < modes; i++)
            {
                Complex c = C[(o * modes) + i];
                sum += 2.0 * ((c.Real * s[i].Real) - (c.Imaginary * s[i].Imaginary));
            }

            for (int j = 0; j < inputs; j++)
            {
                sum += D[(o * inputs) + j] * u[j];
            }

            y[o] = sum;
        }
    }

    /// <summary>z - y; zero where z is missing.</summary>
    public static void Subtract(ReadOnlySpan<double> z, ReadOnlySpan<double> y, Span<double> error)
    {
        for (int o = 0; o < error.Length; o++)
        {
            error[o] = double.IsNaN(z[o]) ? 0.0 : z[o] - y[o];
        }
    }

    /// <summary>s + K e.</summary>
    public void Correct(ReadOnlySpan<Complex> s, ReadOnlySpan<double> error, Span<Complex> corrected)
    {
        for (int i = 0; i < modes; i++)
        {
            Complex sum = s[i];
            for (int o = 0; o < outputs; o++)
            {
                sum += K[(i * outputs) + o] * error[o];
            }

            corrected[i] = sum;
        }
    }
}
