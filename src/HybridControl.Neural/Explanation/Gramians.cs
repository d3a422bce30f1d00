using System.Numerics;
using HybridControl.Diagnostics;

namespace HybridControl.Neural.Explanation;

/// <summary>Gramians of modal systems in closed form.</summary>
/// <remarks>
/// States driven by unit impulses have <c>P_ij = sum over inputs of b_i conj(b_j) / -(a_i + conj a_j)</c> and, because every mode has a
/// conjugate twin, <c>Q_ij = sum b_i b_j / -(a_i + a_j)</c>. No equation is solved. Cost N^2 m.
/// </remarks>
internal static class Gramians
{
    /// <summary>Refuses a system some of whose modes do not decay.</summary>
    public static void CheckStable(ModalModel model)
    {
        var findings = new FindingList();
        for (int mode = 0; mode < model.Modes; mode++)
        {
            if (!(model.Poles[mode].Real < 0.0))
            {
                findings.Error(
                    FormattableString.Invariant($"mode {mode}"),
                    FormattableString.Invariant($"its pole {model.Poles[mode].Real:R} {model.Poles[mode].Imaginary:+0.######;-0.######}i has no decay"),
                    "Energies exist for stable systems only: train with clipped eigenvalues, or leave the mode out.");
            }
        }

        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }
    }

    /// <summary>P and Q of two modes.</summary>
    public static (Complex P, Complex Q) Of(ModalModel model, int first, int second)
    {
        int m = model.Inputs;
        ReadOnlySpan<Complex> x = model.B.AsSpan(first * m, m);
        ReadOnlySpan<Complex> y = model.B.AsSpan(second * m, m);
        Complex p = Complex.Zero;
        Complex q = Complex.Zero;
        for (int i = 0; i < m; i++)
        {
            p += x[i] * Complex.Conjugate(y[i]);
            q += x[i] * y[i];
        }

        Complex a = model.Poles[first];
        Complex b = model.Poles[second];
        return (-p / (a + Complex.Conjugate(b)), -q / (a + b));
    }

    /// <summary>The controllability Gramian of <see cref="ModalModel.ToReal"/>: solves <c>A W + W A' + B B' = 0</c>.</summary>
    /// <returns>n by n, row-major, symmetric.</returns>
    public static double[] Controllability(ModalModel model) => Real(model, [.. model.RealModes()]);

    /// <summary>The observability Gramian of <see cref="ModalModel.ToReal"/>: solves <c>A' W + W A + C' C = 0</c>.</summary>
    /// <returns>n by n, row-major, symmetric.</returns>
    /// <remarks>That of controllability of the dual system, whose mode has pole <c>conj a</c> and input row <c>2 conj c</c>.</remarks>
    public static double[] Observability(ModalModel model)
    {
        var b = new Complex[model.Modes * model.Outputs];
        for (int mode = 0; mode < model.Modes; mode++)
        {
            for (int o = 0; o < model.Outputs; o++)
            {
                b[(mode * model.Outputs) + o] = 2.0 * Complex.Conjugate(model.C[(o * model.Modes) + mode]);
            }
        }

        var dual = new ModalModel(
            [.. model.Poles.Select(Complex.Conjugate)], [.. b], [.. new Complex[model.Modes]], [.. new double[model.Outputs]], model.Outputs, 1);
        return Real(dual, [.. model.RealModes()]);
    }

    // Real and imaginary parts r, s of the states: r_i r_j = Re(P + Q) / 2, s_i s_j = Re(P - Q) / 2, r_i s_j = Im(Q - P) / 2, s_i r_j = Im(Q + P) / 2.
    private static double[] Real(ModalModel model, ReadOnlySpan<RealMode> layout)
    {
        int n = layout[^1].First + layout[^1].Count;
        var w = new double[n * n];
        for (int i = 0; i < model.Modes; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                (Complex p, Complex q) = Of(model, i, j);
                for (int row = 0; row < layout[i].Count; row++)
                {
                    for (int column = 0; column < layout[j].Count; column++)
                    {
                        double value = 0.5 * ((row, column) switch
                        {
                            (0, 0) => p.Real + q.Real,
                            (1, 1) => p.Real - q.Real,
                            (0, 1) => q.Imaginary - p.Imaginary,
                            _ => q.Imaginary + p.Imaginary,
                        });
                        int r = layout[i].First + row;
                        int c = layout[j].First + column;
                        w[(r * n) + c] = value;
                        w[(c * n) + r] = value;
                    }
                }
            }
        }

        return w;
    }
}
