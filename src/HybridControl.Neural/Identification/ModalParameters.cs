using System.Numerics;
using HybridControl.Neural.Layers;

namespace HybridControl.Neural.Identification;

/// <summary>A <see cref="ModalSystem"/> and the initial states of runs as learned numbers.</summary>
/// <remarks>
/// A pole is held as logarithms of its decay and its frequency, so that it stays stable, steps are relative, and a real pole stays real.
/// </remarks>
internal sealed class ModalParameters
{
    /// <summary>What the names of poles begin with.</summary>
    public const string Poles = "log_";

    /// <summary>What the names of gains begin with.</summary>
    public const string Gains = "K_";

    private readonly int _modes;
    private readonly int _inputs;
    private readonly int _outputs;
    private readonly bool[] _isReal;
    private readonly Parameter _decay;
    private readonly Parameter _frequency;
    private readonly (Parameter Real, Parameter Imaginary) _b;
    private readonly (Parameter Real, Parameter Imaginary) _c;
    private readonly (Parameter Real, Parameter Imaginary) _k;
    private readonly (Parameter Real, Parameter Imaginary) _initial;
    private readonly Parameter _d;
    private readonly Parameter _offset;

    public ModalParameters(ModalSystem start, Complex[][] initial)
    {
        (_modes, _inputs, _outputs) = (start.Modes, start.Inputs, start.Outputs);
        _isReal = [.. start.Exponents.Select(exponent => exponent.Imaginary == 0.0)];
        _decay = Set.Add($"{Poles}decay", _modes, 1);
        _frequency = Set.Add($"{Poles}frequency", _modes, 1);
        _b = Add("B", _modes, _inputs);
        _c = Add("C", _outputs, _modes);
        _d = Set.Add("D", _outputs, _inputs);
        _offset = Set.Add("offset", _outputs, 1);
        _k = Add("K", _modes, _outputs);
        _initial = Add("initial", initial.Length, _modes);
        for (int i = 0; i < _modes; i++)
        {
            Set.ValuesOf(_decay)[i] = Math.Log(-start.Exponents[i].Real);
            Set.ValuesOf(_frequency)[i] = _isReal[i] ? 0.0 : Math.Log(start.Exponents[i].Imaginary);
        }

        Write(_b, start.B);
        Write(_c, start.C);
        Write(_k, start.K);
        Write(_initial, [.. initial.SelectMany(states => states)]);
        start.D.CopyTo(Set.ValuesOf(_d));
        start.Offset.CopyTo(Set.ValuesOf(_offset));
    }

    public ParameterSet Set { get; } = new();

    /// <summary>The system of the present values.</summary>
    public ModalSystem System()
    {
        var system = new ModalSystem(_modes, _inputs, _outputs);
        for (int i = 0; i < _modes; i++)
        {
            double frequency = _isReal[i] ? 0.0 : Math.Exp(Set.ValuesOf(_frequency)[i]);
            system.Exponents[i] = new(-Math.Exp(Set.ValuesOf(_decay)[i]), frequency);
        }

        Read(_b, 0, system.B);
        Read(_c, 0, system.C);
        Read(_k, 0, system.K);
        Set.ValuesOf(_d).CopyTo(system.D);
        Set.ValuesOf(_offset).CopyTo(system.Offset);
        return system;
    }

    /// <summary>State before the first row of a run.</summary>
    public Complex[] Initial(int run)
    {
        var states = new Complex[_modes];
        Read(_initial, run * _modes, states);
        return states;
    }

    /// <summary>Adds derivatives by the system's parts to those by the learned numbers.</summary>
    public void AddGradient(ModalSystem system, ModalGradient gradient, Span<double> target)
    {
        for (int i = 0; i < _modes; i++)
        {
            target[_decay.Offset + i] += gradient.Exponents[i].Real * system.Exponents[i].Real;
            target[_frequency.Offset + i] += gradient.Exponents[i].Imaginary * system.Exponents[i].Imaginary;
        }

        Add(_b, 0, gradient.B, target);
        Add(_c, 0, gradient.C, target);
        Add(_k, 0, gradient.K, target);
        for (int i = 0; i < gradient.D.Length; i++)
        {
            target[_d.Offset + i] += gradient.D[i];
        }

        for (int i = 0; i < _outputs; i++)
        {
            target[_offset.Offset + i] += gradient.Offset[i];
        }
    }

    /// <summary>Adds derivatives by the initial state of a run.</summary>
    public void AddInitial(int run, ModalGradient gradient, Span<double> target) => Add(_initial, run * _modes, gradient.Initial, target);

    private (Parameter Real, Parameter Imaginary) Add(string name, int rows, int columns) =>
        (Set.Add($"{name}_re", rows, columns), Set.Add($"{name}_im", rows, columns));

    private void Write((Parameter Real, Parameter Imaginary) parameter, Complex[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            Set.ValuesOf(parameter.Real)[i] = values[i].Real;
            Set.ValuesOf(parameter.Imaginary)[i] = values[i].Imaginary;
        }
    }

    private void Read((Parameter Real, Parameter Imaginary) parameter, int first, Complex[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = new(Set.ValuesOf(parameter.Real)[first + i], Set.ValuesOf(parameter.Imaginary)[first + i]);
        }
    }

    private static void Add((Parameter Real, Parameter Imaginary) parameter, int first, Complex[] values, Span<double> target)
    {
        for (int i = 0; i < values.Length; i++)
        {
            target[parameter.Real.Offset + first + i] += values[i].Real;
            target[parameter.Imaginary.Offset + first + i] += values[i].Imaginary;
        }
    }
}
