using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Diagnostics;
using HybridControl.Neural.Kpin;
using HybridControl.Neural.Safetensors;

namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>The learned numbers of the filters of an S4D layer: H channels, each with N complex modes and a step of its own.</summary>
/// <remarks>
/// Per channel <c>x' = A x + u</c>, <c>y = 2 Re(sum C x) + D u</c> with <c>A = -exp(log A real) + i A imag</c>: modes stand for conjugate
/// pairs. Immutable. Source: state-spaces/s4 <c>models/s4/s4d.py</c>; A. Gu, A. Gupta, K. Goel and C. Re, On the Parameterization and
/// Initialization of Diagonal State Space Models (2022).
/// </remarks>
public sealed record S4dParameters
{
    /// <summary>Logarithm of minus the real part of each pole before the step, H by N.</summary>
    public required ImmutableArray<double> LogRealPart { get; init; }

    /// <summary>Imaginary part of each pole before the step, H by N.</summary>
    public required ImmutableArray<double> ImaginaryPart { get; init; }

    /// <summary>Output weights, H by N.</summary>
    public required ImmutableArray<Complex> C { get; init; }

    /// <summary>Direct path of each channel, H.</summary>
    public required ImmutableArray<double> D { get; init; }

    /// <summary>Natural logarithm of the step of each channel, H.</summary>
    public required ImmutableArray<double> LogStep { get; init; }

    /// <summary>How a step is made.</summary>
    public LinearRule Rule { get; init; }

    /// <summary>Channels, H.</summary>
    public int Channels => D.Length;

    /// <summary>Modes of a channel, N.</summary>
    public int Modes => Channels == 0 ? 0 : C.Length / Channels;

    /// <summary>Takes the numbers out of a file: <c>kernel.log_dt</c>, <c>kernel.log_A_real</c>, <c>kernel.A_imag</c>, <c>kernel.C</c> and <c>D</c>.</summary>
    /// <param name="file">The tensors.</param>
    /// <param name="where">What findings call the file.</param>
    /// <param name="prefix">What the names begin with.</param>
    /// <exception cref="ModelException">A tensor is missing or has another shape, or a number is not finite; with every finding.</exception>
    public static S4dParameters Read(SafetensorsFile file, string where, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(file);
        var reader = new TensorReader(file, where);
        (long channels, long modes) = file.Find($"{prefix}kernel.A_imag") is { Shape: [long rows, long columns] } ? (rows, columns) : (1, 1);
        double[] real = reader.Read($"{prefix}kernel.log_A_real", channels, modes);
        double[] imaginary = reader.Read($"{prefix}kernel.A_imag", channels, modes);
        double[] c = reader.Read($"{prefix}kernel.C", channels, modes, 2);
        double[] step = reader.Read($"{prefix}kernel.log_dt", channels);
        double[] d = reader.Read($"{prefix}D", channels);
        if (reader.Findings.Count > 0)
        {
            throw new ModelException(reader.Findings.ToImmutable());
        }

        return new() { LogRealPart = [.. real], ImaginaryPart = [.. imaginary], C = ComplexPairs.Read(c), D = [.. d], LogStep = [.. step] };
    }

    /// <summary>Pole of a mode of a channel before the step.</summary>
    public Complex EigenvalueOf(int channel, int mode)
    {
        int i = (channel * Modes) + mode;
        return new(-Math.Exp(LogRealPart[i]), ImaginaryPart[i]);
    }

    /// <summary>The discrete step of a mode of a channel.</summary>
    /// <param name="channel">Which channel.</param>
    /// <param name="mode">Which of its modes.</param>
    /// <param name="stepScale">Factor of every step: 0.5 for input sampled twice as often as in training.</param>
    /// <remarks>The gain is that of the source, <c>(exp(A dt) - 1) / A</c> under the hold.</remarks>
    public ModeStep StepOf(int channel, int mode, double stepScale = 1.0) =>
        ModeStep.Of(EigenvalueOf(channel, mode), stepScale * Math.Exp(LogStep[channel]), Rule);

    /// <summary>Finds what does not fit together.</summary>
    /// <param name="where">What findings call the layer.</param>
    /// <exception cref="ModelException">Lengths differ or a number is not finite; with every finding.</exception>
    public void Check(string where)
    {
        var findings = new FindingList();
        int area = Channels * Modes;
        ComplexPairs.Check(findings, $"{where}, kernel.log_A_real", LogRealPart, area);
        ComplexPairs.Check(findings, $"{where}, kernel.A_imag", ImaginaryPart, area);
        ComplexPairs.Check(findings, $"{where}, kernel.C", C, area);
        ComplexPairs.Check(findings, $"{where}, D", D, Channels);
        ComplexPairs.Check(findings, $"{where}, kernel.log_dt", LogStep, Channels);
        if (area == 0)
        {
            findings.Error(where, FormattableString.Invariant($"{Channels} channels of {Modes} modes"), "Give at least one of each.");
        }

        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }
    }
}
