using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Diagnostics;
using HybridControl.Neural.Sequences.Mixers;

namespace HybridControl.Neural.Explanation;

/// <summary>A continuous linear time-invariant system in modal form: <c>x' = a x + B u</c> mode by mode, <c>y = 2 Re(C x) + D u</c>.</summary>
/// <remarks>
/// N complex modes, m inputs, p outputs; every mode stands for itself and its conjugate, so inputs and outputs are real. What a
/// trained S4D or S5 layer is, exactly: see <see cref="LayerExport"/>. A system that takes <c>Re(C x)</c> has half its C here. All in
/// double precision. Immutable, safe on any thread.
/// </remarks>
public sealed partial class ModalModel
{
    /// <summary>Creates a model.</summary>
    /// <param name="poles">a, N numbers in 1/s.</param>
    /// <param name="b">Input matrix, N by m, row-major.</param>
    /// <param name="c">Output matrix, p by N, row-major.</param>
    /// <param name="d">Direct path, p by m, row-major.</param>
    /// <param name="inputs">m.</param>
    /// <param name="outputs">p.</param>
    /// <exception cref="ModelException">Lengths do not fit, or a number is not finite; with every finding.</exception>
    public ModalModel(ImmutableArray<Complex> poles, ImmutableArray<Complex> b, ImmutableArray<Complex> c, ImmutableArray<double> d, int inputs, int outputs)
    {
        var findings = new FindingList();
        int modes = poles.IsDefault ? 0 : poles.Length;
        ComplexPairs.Check(findings, "ModalModel, poles", poles, modes);
        ComplexPairs.Check(findings, "ModalModel, b", b, modes * inputs);
        ComplexPairs.Check(findings, "ModalModel, c", c, outputs * modes);
        ComplexPairs.Check(findings, "ModalModel, d", d, outputs * inputs);
        if (modes == 0 || inputs <= 0 || outputs <= 0)
        {
            findings.Error("ModalModel", FormattableString.Invariant($"{modes} modes, {inputs} inputs and {outputs} outputs"), "Give at least one of each.");
        }

        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }

        (Poles, B, C, D, Inputs, Outputs) = (poles, b, c, d, inputs, outputs);
    }

    /// <summary>Poles, one of each conjugate pair, in 1/s.</summary>
    public ImmutableArray<Complex> Poles { get; }

    /// <summary>Input matrix, N by m, row-major.</summary>
    public ImmutableArray<Complex> B { get; }

    /// <summary>Output matrix, p by N, row-major.</summary>
    public ImmutableArray<Complex> C { get; }

    /// <summary>Direct path, p by m, row-major.</summary>
    public ImmutableArray<double> D { get; }

    /// <summary>Modes, N.</summary>
    public int Modes => Poles.Length;

    /// <summary>Inputs, m.</summary>
    public int Inputs { get; }

    /// <summary>Outputs, p.</summary>
    public int Outputs { get; }

    /// <summary>Whether every mode decays.</summary>
    public bool IsStable => Poles.All(pole => pole.Real < 0.0);

    /// <summary>The discrete system that steps this one over a time under a rule.</summary>
    /// <param name="step">Step in seconds, positive; need not be the one of training.</param>
    /// <param name="rule">How the input runs over the step.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is not positive and finite.</exception>
    /// <remarks>Exact for an input that is held (zero-order hold). Cost N m.</remarks>
    public ModalRecurrence Discretize(double step, LinearRule rule = LinearRule.ZeroOrderHold) => new(this, step, rule);

    /// <summary>Residue of a mode: p by m, row-major; the transfer function is the sum of <c>R / (s - a)</c> and its conjugate, plus D.</summary>
    public Complex[] ResidueOf(int mode)
    {
        var residue = new Complex[Outputs * Inputs];
        for (int o = 0; o < Outputs; o++)
        {
            for (int i = 0; i < Inputs; i++)
            {
                residue[(o * Inputs) + i] = C[(o * Modes) + mode] * B[(mode * Inputs) + i];
            }
        }

        return residue;
    }

    /// <summary>One input and one output of the model.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such input or output.</exception>
    public ModalModel Channel(int input, int output)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(input);
        ArgumentOutOfRangeException.ThrowIfNegative(output);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(input, Inputs);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(output, Outputs);
        ImmutableArray<Complex> b = [.. Enumerable.Range(0, Modes).Select(mode => B[(mode * Inputs) + input])];
        return new(Poles, b, [.. C.AsSpan(output * Modes, Modes)], [D[(output * Inputs) + input]], 1, 1);
    }

    /// <summary>The same system with real states.</summary>
    /// <remarks>
    /// A mode becomes the block <c>[re a, -im a; im a, re a]</c> with input rows <c>re b, im b</c> and output columns <c>2 re c, -2 im c</c>. A
    /// real pole whose imaginary part is never driven, or never seen, keeps its real part only.
    /// </remarks>
    public LinearModel ToReal()
    {
        ImmutableArray<RealMode> layout = RealModes();
        int n = layout[^1].First + layout[^1].Count;
        var a = new double[n * n];
        var b = new double[n * Inputs];
        var c = new double[Outputs * n];
        for (int mode = 0; mode < Modes; mode++)
        {
            (int first, int count) = layout[mode];
            Complex pole = Poles[mode];
            for (int part = 0; part < count; part++)
            {
                int row = first + part;
                a[(row * n) + row] = pole.Real;
                if (count == 2)
                {
                    a[(row * n) + (2 * first) + 1 - row] = part == 0 ? -pole.Imaginary : pole.Imaginary;
                }

                for (int i = 0; i < Inputs; i++)
                {
                    Complex weight = B[(mode * Inputs) + i];
                    b[(row * Inputs) + i] = part == 0 ? weight.Real : weight.Imaginary;
                }

                for (int o = 0; o < Outputs; o++)
                {
                    Complex weight = C[(o * Modes) + mode];
                    c[(o * n) + row] = 2.0 * (part == 0 ? weight.Real : -weight.Imaginary);
                }
            }
        }

        return new(n, Inputs, Outputs, [.. a], [.. b], [.. c], D);
    }

    /// <summary>Which real states of <see cref="ToReal"/> are those of each mode.</summary>
    public ImmutableArray<RealMode> RealModes()
    {
        var layout = ImmutableArray.CreateBuilder<RealMode>(Modes);
        int first = 0;
        for (int mode = 0; mode < Modes; mode++)
        {
            int count = NeedsBothParts(mode) ? 2 : 1;
            layout.Add(new(first, count));
            first += count;
        }

        return layout.MoveToImmutable();
    }

    private bool NeedsBothParts(int mode)
    {
        bool driven = false;
        bool seen = false;
        for (int i = 0; i < Inputs; i++)
        {
            driven |= B[(mode * Inputs) + i].Imaginary != 0.0;
        }

        for (int o = 0; o < Outputs; o++)
        {
            seen |= C[(o * Modes) + mode].Imaginary != 0.0;
        }

        return Poles[mode].Imaginary != 0.0 || (driven && seen);
    }
}
