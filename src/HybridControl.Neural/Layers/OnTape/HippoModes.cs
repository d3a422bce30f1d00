using System.Numerics;
using HybridControl.Numerics;

namespace HybridControl.Neural.Layers.OnTape;

/// <summary>Modes of the normal part of HiPPO-LegS and the basis in which it is diagonal.</summary>
/// <remarks>
/// A + P P' with A(i, k) = -sqrt((2 i + 1) (2 k + 1)) below the diagonal, -(i + 1) on it, and P(i) = sqrt(i + 1/2) is -1/2 I plus a
/// skew-symmetric K, so that its eigenvectors are unitary. Those of the Hermitian -i K come from the symmetric matrix
/// [0, K; -K, 0], which has each of its eigenvalues twice. A. Gu et al., arXiv 2206.11893, section 2.2; lindermanlab/S5 <c>s5/ssm_init.py</c>.
/// </remarks>
internal sealed class HippoModes
{
    private readonly Complex[][] _vectors;

    private HippoModes(int size, double[] imaginary, Complex[][] vectors) => (Size, Imaginary, _vectors) = (size, imaginary, vectors);

    /// <summary>Real part of every mode.</summary>
    public static double RealPart => -0.5;

    /// <summary>States of the real system: two for each mode if modes stand for conjugate pairs.</summary>
    public int Size { get; }

    /// <summary>Imaginary parts of the modes, falling.</summary>
    public double[] Imaginary { get; }

    /// <summary>Eigenvector of a mode, of length <see cref="Size"/>.</summary>
    public ReadOnlySpan<Complex> VectorOf(int mode) => _vectors[mode];

    /// <summary>The modes of a system.</summary>
    /// <param name="modes">Number of modes.</param>
    /// <param name="pairs">Whether each stands for itself and its conjugate; else all modes of a system of that size.</param>
    public static HippoModes Of(int modes, bool pairs)
    {
        int size = pairs ? 2 * modes : modes;
        var a = new double[4 * size * size];
        var vectors = new double[4 * size * size];
        for (int i = 0; i < size; i++)
        {
            for (int k = 0; k < size; k++)
            {
                double skew = 0.5 * Math.Sqrt(((2.0 * i) + 1.0) * ((2.0 * k) + 1.0)) * Math.Sign(k - i);
                a[(i * 2 * size) + size + k] = skew;
                a[((size + i) * 2 * size) + k] = -skew;
            }
        }

        SymmetricEigen.Decompose(a, vectors, 2 * size);
        int[] order = [.. Enumerable.Range(0, 2 * size).OrderByDescending(row => a[row * ((2 * size) + 1)])];
        var imaginary = new double[modes];
        var chosen = new Complex[modes][];
        for (int mode = 0; mode < modes; mode++)
        {
            int row = order[2 * mode];
            imaginary[mode] = a[row * ((2 * size) + 1)];
            var vector = new Complex[size];
            for (int i = 0; i < size; i++)
            {
                vector[i] = new Complex(vectors[(row * 2 * size) + i], vectors[(row * 2 * size) + size + i]);
            }

            double norm = Math.Sqrt(vector.Sum(entry => (entry.Real * entry.Real) + (entry.Imaginary * entry.Imaginary)));
            chosen[mode] = [.. vector.Select(entry => entry / norm)];
        }

        return new(size, imaginary, chosen);
    }

    /// <summary>V* B: a real input matrix (size by channels) in the basis of the modes, as pairs.</summary>
    public void TurnInputs(Span<double> pairs, int channels, ReadOnlySpan<double> real)
    {
        for (int mode = 0; mode < _vectors.Length; mode++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                Complex sum = Complex.Zero;
                for (int i = 0; i < Size; i++)
                {
                    sum += Complex.Conjugate(_vectors[mode][i]) * real[(i * channels) + channel];
                }

                int at = 2 * ((mode * channels) + channel);
                (pairs[at], pairs[at + 1]) = (sum.Real, sum.Imaginary);
            }
        }
    }

    /// <summary>C V: a complex output matrix (channels by size, in pairs) in the basis of the modes, as pairs.</summary>
    public void TurnOutputs(Span<double> pairs, int channels, ReadOnlySpan<double> outputs)
    {
        int modes = _vectors.Length;
        for (int channel = 0; channel < channels; channel++)
        {
            for (int mode = 0; mode < modes; mode++)
            {
                Complex sum = Complex.Zero;
                for (int i = 0; i < Size; i++)
                {
                    int from = 2 * ((channel * Size) + i);
                    sum += new Complex(outputs[from], outputs[from + 1]) * _vectors[mode][i];
                }

                int at = 2 * ((channel * modes) + mode);
                (pairs[at], pairs[at + 1]) = (sum.Real, sum.Imaginary);
            }
        }
    }
}
