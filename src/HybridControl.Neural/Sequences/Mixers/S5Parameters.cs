using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Diagnostics;
using HybridControl.Neural.Kpin;
using HybridControl.Neural.Safetensors;

namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>The learned numbers of an S5 layer: P complex modes, each with a step of its own, H inputs and H outputs.</summary>
/// <remarks>
/// <c>x[k] = Lb x[k-1] + Bb u[k]</c>, <c>y = 2 Re(C x) + D u</c> if modes stand for conjugate pairs, else <c>Re(C x) + D u</c>; Lb and Bb
/// by <see cref="ModeStep"/> from Lambda and exp(log step). Immutable. Source: lindermanlab/S5 <c>s5/ssm.py</c>; J. T. H. Smith,
/// A. Warrington and S. W. Linderman, Simplified State Space Layers for Sequence Modeling (2023).
/// </remarks>
public sealed record S5Parameters
{
    /// <summary>The largest real part that <see cref="ClipEigenvalues"/> allows.</summary>
    public const double LargestRealPart = -1e-4;

    /// <summary>Eigenvalues before the step, P.</summary>
    public required ImmutableArray<Complex> Lambda { get; init; }

    /// <summary>Input matrix before the step, P by H.</summary>
    public required ImmutableArray<Complex> B { get; init; }

    /// <summary>Output matrix, H by P.</summary>
    public required ImmutableArray<Complex> C { get; init; }

    /// <summary>Output matrix of the scan that runs backwards, H by P; empty for a causal layer.</summary>
    public ImmutableArray<Complex> BackwardC { get; init; } = [];

    /// <summary>Direct path, one number for each channel, H.</summary>
    public required ImmutableArray<double> D { get; init; }

    /// <summary>Natural logarithm of the step of each mode, P.</summary>
    public required ImmutableArray<double> LogStep { get; init; }

    /// <summary>Whether each mode stands for itself and its conjugate.</summary>
    public bool ConjugatePairs { get; init; } = true;

    /// <summary>Whether real parts above <see cref="LargestRealPart"/> are cut there.</summary>
    public bool ClipEigenvalues { get; init; }

    /// <summary>How a step is made.</summary>
    public LinearRule Rule { get; init; }

    /// <summary>Modes, P.</summary>
    public int Modes => Lambda.Length;

    /// <summary>Channels, H.</summary>
    public int Channels => D.Length;

    /// <summary>Whether a second scan runs backwards, so that outputs depend on later tokens.</summary>
    public bool IsBidirectional => !BackwardC.IsEmpty;

    /// <summary>Takes the numbers out of a file: <c>Lambda_re</c>, <c>Lambda_im</c>, <c>B</c>, <c>C</c>, <c>D</c>, <c>log_step</c> and, where asked for, <c>C2</c>.</summary>
    /// <param name="file">The tensors.</param>
    /// <param name="where">What findings call the file.</param>
    /// <param name="prefix">What the names begin with, such as <c>seq.</c></param>
    /// <param name="bidirectional">Whether the layer looks at later tokens too: then the output matrices are <c>C</c> and <c>C2</c>.</param>
    /// <exception cref="ModelException">A tensor is missing or has another shape, or a number is not finite; with every finding.</exception>
    public static S5Parameters Read(SafetensorsFile file, string where, string prefix = "", bool bidirectional = false)
    {
        ArgumentNullException.ThrowIfNull(file);
        var reader = new TensorReader(file, where);
        long modes = FirstExtent("Lambda_re");
        long channels = FirstExtent("D");
        double[] real = reader.Read($"{prefix}Lambda_re", modes);
        double[] imaginary = reader.Read($"{prefix}Lambda_im", modes);
        double[] b = reader.Read($"{prefix}B", modes, channels, 2);
        double[] c = reader.Read($"{prefix}C", channels, modes, 2);
        double[] backward = bidirectional ? reader.Read($"{prefix}C2", channels, modes, 2) : [];
        double[] d = reader.Read($"{prefix}D", channels);
        double[] logStep = reader.Read($"{prefix}log_step", modes, 1);
        if (reader.Findings.Count > 0)
        {
            throw new ModelException(reader.Findings.ToImmutable());
        }

        return new()
        {
            Lambda = [.. real.Zip(imaginary, (re, im) => new Complex(re, im))],
            B = ComplexPairs.Read(b),
            C = ComplexPairs.Read(c),
            BackwardC = ComplexPairs.Read(backward),
            D = [.. d],
            LogStep = [.. logStep],
        };

        long FirstExtent(string name) => file.Find(prefix + name) is { Shape.IsEmpty: false } tensor ? tensor.Shape[0] : 1;
    }

    /// <summary>Eigenvalue of a mode as the layer uses it.</summary>
    public Complex EigenvalueOf(int mode)
    {
        Complex lambda = Lambda[mode];
        return ClipEigenvalues && lambda.Real > LargestRealPart ? new(LargestRealPart, lambda.Imaginary) : lambda;
    }

    /// <summary>The discrete step of a mode.</summary>
    /// <param name="mode">Which.</param>
    /// <param name="stepScale">Factor of every step: 0.5 for input sampled twice as often as in training.</param>
    public ModeStep StepOf(int mode, double stepScale = 1.0) => ModeStep.Of(EigenvalueOf(mode), stepScale * Math.Exp(LogStep[mode]), Rule);

    /// <summary>Finds what does not fit together.</summary>
    /// <param name="where">What findings call the layer.</param>
    /// <exception cref="ModelException">Lengths differ or a number is not finite; with every finding.</exception>
    public void Check(string where)
    {
        var findings = new FindingList();
        int area = Modes * Channels;
        ComplexPairs.Check(findings, $"{where}, Lambda", Lambda, Modes);
        ComplexPairs.Check(findings, $"{where}, B", B, area);
        ComplexPairs.Check(findings, $"{where}, C", C, area);
        ComplexPairs.Check(findings, $"{where}, C2", BackwardC, IsBidirectional ? area : 0);
        ComplexPairs.Check(findings, $"{where}, D", D, Channels);
        ComplexPairs.Check(findings, $"{where}, log_step", LogStep, Modes);
        if (Modes == 0 || Channels == 0)
        {
            findings.Error(where, FormattableString.Invariant($"{Modes} modes and {Channels} channels"), "Give at least one of each.");
        }

        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }
    }
}
