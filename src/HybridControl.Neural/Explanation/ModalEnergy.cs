using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Diagnostics;

namespace HybridControl.Neural.Explanation;

/// <summary>Energies of modal systems.</summary>
public static class ModalEnergy
{
    /// <summary>The H2 norm of the part without D: root of the energy of all impulse responses, of the output under unit white noise too.</summary>
    /// <exception cref="ModelException">A mode does not decay.</exception>
    /// <remarks>With a direct path other than zero the norm of the whole is infinite. Cost N^2 (m + p).</remarks>
    public static double H2Norm(this ModalModel model) => Math.Sqrt(Math.Max(0.0, EnergyOfModes(model).Sum()));

    /// <summary>What each mode adds to the squared H2 norm; the sum is that norm.</summary>
    /// <returns>N numbers; negative where a mode takes away what others add.</returns>
    /// <exception cref="ModelException">A mode does not decay.</exception>
    public static ImmutableArray<double> EnergyOfModes(this ModalModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Gramians.CheckStable(model);
        int n = model.Modes;
        var energies = new double[n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                (Complex p, Complex q) = Gramians.Of(model, i, j);
                Complex sum = Complex.Zero;
                for (int o = 0; o < model.Outputs; o++)
                {
                    Complex first = model.C[(o * n) + i];
                    Complex second = model.C[(o * n) + j];
                    sum += first * ((Complex.Conjugate(second) * p) + (second * q));
                }

                energies[i] += 2.0 * sum.Real;
            }
        }

        return [.. energies];
    }

    /// <summary>Every mode in the words of control theory.</summary>
    public static ImmutableArray<ModeSummary> Summaries(this ModalModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ImmutableArray<double> energies = model.IsStable ? model.EnergyOfModes() : [];
        double total = energies.Sum();
        return
        [
            .. Enumerable.Range(0, model.Modes).Select(mode => new ModeSummary(
                mode,
                model.Poles[mode],
                Length(model.B.AsSpan(mode * model.Inputs, model.Inputs), 1),
                Length(model.C.AsSpan()[mode..], model.Modes),
                energies.IsEmpty ? double.NaN : energies[mode] / total)),
        ];
    }

    private static double Length(ReadOnlySpan<Complex> values, int stride)
    {
        double sum = 0.0;
        for (int i = 0; i < values.Length; i += stride)
        {
            sum += (values[i].Real * values[i].Real) + (values[i].Imaginary * values[i].Imaginary);
        }

        return Math.Sqrt(sum);
    }
}
