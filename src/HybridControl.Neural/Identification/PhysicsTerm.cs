using System.Numerics;
using HybridControl.Diagnostics;
using HybridControl.Neural.Sequences.Mixers;
using HybridControl.Numerics;

namespace HybridControl.Neural.Identification;

/// <summary>The mean square residual of a mode's flow along scenarios, and its gradient.</summary>
internal sealed class PhysicsTerm
{
    private readonly ModeFlow _flow;
    private readonly ModalData _data;
    private readonly ModalRun[] _scenarios;
    private readonly double _period;
    private readonly int[] _outputOfState;
    private readonly int[] _columnOfInput;
    private readonly double[] _rateScale;
    private readonly int _count;

    private PhysicsTerm(ModePhysics physics, ModeFlow flow, IdentificationData source, ModalData data)
    {
        (_flow, _data, _period) = (flow, data, source.SamplePeriod);
        _outputOfState = [.. flow.StateNames.Select(name => IndexOf(source.OutputNames, name))];
        _columnOfInput = [.. flow.InputNames.Select(name => IndexOf(source.InputNames, name))];
        int p = data.Inputs;
        _scenarios =
        [
            .. physics.Scenarios.Select((inputs, i) =>
            {
                int rows = inputs.Length / p;
                double[] unknown = new double[rows * data.Outputs];
                Array.Fill(unknown, double.NaN);
                return new ModalRun($"scenario {i}", ModalData.Normalize(inputs.AsSpan(), data.InputCenter, data.InputScale), unknown, rows, rows);
            }),
        ];
        _count = _scenarios.Sum(scenario => scenario.Rows) * _outputOfState.Length;
        _rateScale = RateScales();
    }

    /// <summary>The term, or null where findings say why there is none.</summary>
    public static PhysicsTerm? Of(ModePhysics physics, IdentificationData source, ModalData data, FindingList findings)
    {
        int before = findings.Count;
        ModeFlow flow;
        try
        {
            flow = new ModeFlow(physics.Automaton, physics.Mode);
        }
        catch (ModelException fault)
        {
            foreach (Finding finding in fault.Findings)
            {
                findings.Error($"physics, {finding.Where}", finding.What, finding.Mend);
            }

            return null;
        }

        foreach (string state in flow.StateNames.Where(state => !source.OutputNames.Contains(state)))
        {
            findings.Error($"physics.{physics.Mode}", $"the state '{state}' is not among the outputs", Suggestions.For(state, source.OutputNames));
        }

        if (physics.Scenarios.IsDefaultOrEmpty || physics.Scenarios.Any(inputs => inputs.IsDefaultOrEmpty || inputs.Length % data.Inputs != 0 || !Dense.IsFinite(inputs.AsSpan())))
        {
            findings.Error("physics.scenarios", $"there are none, or one is not rows of {data.Inputs} finite inputs", "Give the inputs of the data, row by row.");
        }

        return findings.Count == before ? new PhysicsTerm(physics, flow, source, data) : null;
    }

    /// <summary>Exponents of the mode's linearisation where the data have their centre; none where it is not finite.</summary>
    public Complex[] Exponents()
    {
        int n = _outputOfState.Length;
        var jacobian = new double[n * n];
        _flow.Evaluate(0.0, States(new double[_data.Outputs]), InputsOf(new double[_data.Inputs]), new double[n], jacobian);
        return Dense.IsFinite(jacobian) ? ModalStart.Exponents([.. Eigenvalues.Of(jacobian, n).Select(pole => Complex.Exp(pole * _period))]) : [];
    }

    /// <summary>Half the mean square of the residuals.</summary>
    /// <param name="system">The learned system.</param>
    /// <param name="weight">Of this term in the loss.</param>
    /// <param name="gradient">The weighted gradient is added to it; null for none.</param>
    public double Accumulate(ModalSystem system, double weight, ModalGradient? gradient)
    {
        (int modes, int p) = (system.Modes, system.Inputs);
        Complex[] beta = [.. system.B.Select((b, i) => b / ModeStep.Phi(system.Exponents[i / p]))];
        var betaAdjoint = new Complex[beta.Length];
        double sum = 0.0;
        foreach (ModalRun scenario in _scenarios)
        {
            ModalPass pass = system.Follow(scenario, new Complex[modes], corrects: false);
            var errorAdjoint = new double[scenario.Rows * system.Outputs];
            var stateAdjoint = new Complex[scenario.Rows * modes];
            for (int k = 0; k < scenario.Rows; k++)
            {
                sum += Collocate(system, pass, scenario, k, beta, weight, gradient, errorAdjoint, stateAdjoint, betaAdjoint);
            }

            if (gradient is not null)
            {
                pass.AddGradient(scenario.Rows, errorAdjoint, stateAdjoint, gradient);
                Array.Clear(gradient.Initial);
            }
        }

        for (int i = 0; gradient is not null && i < beta.Length; i++)
        {
            Complex a = system.Exponents[i / p];
            gradient.B[i] += betaAdjoint[i] / Complex.Conjugate(ModeStep.Phi(a));
            gradient.Exponents[i / p] += Complex.Conjugate(RateSlope(a) * system.B[i]) * betaAdjoint[i];
        }

        return weight * 0.5 * sum / _count;
    }

    // The square sum of residuals at one row.
    private double Collocate(
        ModalSystem system, ModalPass pass, ModalRun scenario, int k, Complex[] beta, double weight, ModalGradient? gradient,
        Span<double> errorAdjoint, Span<Complex> stateAdjoint, Complex[] betaAdjoint)
    {
        (int modes, int p, int n) = (system.Modes, system.Inputs, _outputOfState.Length);
        ReadOnlySpan<Complex> s = pass.Prior(k);
        ReadOnlySpan<double> u = scenario.Inputs.AsSpan(k * p, p);
        var rates = new Complex[modes];
        for (int i = 0; i < modes; i++)
        {
            rates[i] = system.Exponents[i] * s[i];
            for (int j = 0; j < p; j++)
            {
                rates[i] += beta[(i * p) + j] * u[j];
            }
        }

        var f = new double[n];
        var jacobian = new double[n * n];
        _flow.Evaluate(k * _period, States(pass.Output(k)), InputsOf(u), f, jacobian);
        double sum = 0.0;
        for (int a = 0; a < n; a++)
        {
            int o = _outputOfState[a];
            double rate = 0.0;
            for (int i = 0; i < modes; i++)
            {
                rate += 2.0 * (system.C[(o * modes) + i] * rates[i]).Real;
            }

            double toUnits = _period / _data.OutputScale[o];
            double residual = (rate - (toUnits * f[a])) / _rateScale[a];
            sum += residual * residual;
            double adjoint = weight * residual / (_rateScale[a] * _count);
            if (gradient is null)
            {
                continue;
            }

            for (int b = 0; b < n; b++)
            {
                int other = _outputOfState[b];
                errorAdjoint[(k * system.Outputs) + other] += adjoint * toUnits * jacobian[(a * n) + b] * _data.OutputScale[other];
            }

            for (int i = 0; i < modes; i++)
            {
                Complex back = 2.0 * adjoint * Complex.Conjugate(system.C[(o * modes) + i]);
                gradient.C[(o * modes) + i] += 2.0 * adjoint * Complex.Conjugate(rates[i]);
                gradient.Exponents[i] += back * Complex.Conjugate(s[i]);
                stateAdjoint[(k * modes) + i] += back * Complex.Conjugate(system.Exponents[i]);
                for (int j = 0; j < p; j++)
                {
                    betaAdjoint[(i * p) + j] += back * u[j];
                }
            }
        }

        return sum;
    }

    // Derivative of 1 / Phi(a) = a / (exp(a) - 1).
    private static Complex RateSlope(Complex a)
    {
        if (Complex.Abs(a) < 1e-3)
        {
            return -0.5 + (a / 6.0);
        }

        Complex growth = Complex.Exp(a) - 1.0;
        return (growth - (a * (growth + 1.0))) / (growth * growth);
    }

    // Root mean square of the flow along the data: what counts as a usual rate of a state, for a sample and in its scaled unit.
    private double[] RateScales()
    {
        int n = _outputOfState.Length;
        (var f, var jacobian, var sums) = (new double[n], new double[n * n], new double[n]);
        int count = 0;
        foreach (ModalRun run in _data.Runs)
        {
            for (int k = 0; k < run.TrainRows; k++)
            {
                ReadOnlySpan<double> y = run.Outputs.AsSpan(k * _data.Outputs, _data.Outputs);
                _flow.Evaluate(k * _period, States(y), InputsOf(run.Inputs.AsSpan(k * _data.Inputs, _data.Inputs)), f, jacobian);
                if (Dense.IsFinite(f))
                {
                    count++;
                    for (int a = 0; a < n; a++)
                    {
                        sums[a] += f[a] * f[a];
                    }
                }
            }
        }

        return [.. sums.Select((sum, a) => Math.Max(Math.Sqrt(sum / Math.Max(count, 1)) * _period / _data.OutputScale[_outputOfState[a]], 1e-9))];
    }

    private double[] States(ReadOnlySpan<double> y)
    {
        var x = new double[_outputOfState.Length];
        for (int a = 0; a < x.Length; a++)
        {
            int o = _outputOfState[a];
            x[a] = _data.OutputCenter[o] + (_data.OutputScale[o] * y[o]);
        }

        return x;
    }

    private double[] InputsOf(ReadOnlySpan<double> u)
    {
        var inputs = new double[_columnOfInput.Length];
        for (int j = 0; j < inputs.Length; j++)
        {
            int column = _columnOfInput[j];
            inputs[j] = column < 0 ? double.NaN : _data.InputCenter[column] + (_data.InputScale[column] * u[column]);
        }

        return inputs;
    }

    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
            {
                return i;
            }
        }

        return -1;
    }
}
