using System.Collections.Immutable;
using HybridControl.Diagnostics;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace HybridControl.Dynamics;

/// <summary>A building that moves sideways: rigid floors on springs, storey by storey, with the same damping ratio in every mode of vibration.</summary>
/// <remarks>
/// M y'' + C y' + K y = f with y the displacement of each floor relative to the ground, lowest first. K couples neighbours;
/// C = M V diag(2 zeta omega) V' M with V the mass-normalised modes. Immutable and thread-safe; equality is structural.
/// A. K. Chopra, Dynamics of Structures (4th ed., 2012), sections 9.1 and 11.4.
/// </remarks>
public sealed record ShearFrame
{
    /// <summary>Creates a frame.</summary>
    /// <param name="masses">Mass of each floor in kg, lowest first; positive.</param>
    /// <param name="stiffnesses">Stiffness of each storey in N/m, lowest first; positive.</param>
    /// <param name="dampingRatio">Damping ratio of every mode, 0 to below 1.</param>
    /// <exception cref="ModelException">The lists differ in length or are empty, or a number is out of range; every finding at once.</exception>
    public ShearFrame(IReadOnlyList<double> masses, IReadOnlyList<double> stiffnesses, double dampingRatio = 0.02)
    {
        var findings = new FindingList();
        if (masses.Count == 0 || masses.Count != stiffnesses.Count)
        {
            findings.Error(
                "frame", $"{masses.Count} masses and {stiffnesses.Count} stiffnesses", "Give one of each for every storey.");
        }

        CheckPositive(findings, "frame.masses", masses);
        CheckPositive(findings, "frame.stiffnesses", stiffnesses);
        if (!(dampingRatio >= 0.0 && dampingRatio < 1.0))
        {
            findings.Error(
                "frame.dampingRatio", FormattableString.Invariant($"the damping ratio {dampingRatio}"), "Give a number from 0 to below 1, such as 0.02.");
        }

        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }

        Masses = [.. masses];
        Stiffnesses = [.. stiffnesses];
        DampingRatio = dampingRatio;
    }

    /// <summary>Mass of each floor in kg, lowest first.</summary>
    public ImmutableArray<double> Masses { get; }

    /// <summary>Stiffness of each storey in N/m, lowest first.</summary>
    public ImmutableArray<double> Stiffnesses { get; }

    /// <summary>Damping ratio of every mode.</summary>
    public double DampingRatio { get; }

    /// <summary>The number of storeys.</summary>
    public int Storeys => Masses.Length;

    /// <summary>The same frame with one storey softer.</summary>
    /// <param name="storey">Number of the storey from 0, lowest first.</param>
    /// <param name="loss">Lost fraction of its stiffness, below 1; negative if it became stiffer.</param>
    /// <exception cref="ModelException">There is no such storey, or nothing of its stiffness is left.</exception>
    public ShearFrame WithDamage(int storey, double loss)
    {
        if (storey < 0 || storey >= Storeys || !(loss < 1.0))
        {
            throw new ModelException(
                "frame.damage",
                FormattableString.Invariant($"a loss of {loss} in storey {storey}"),
                FormattableString.Invariant($"Name a storey from 0 to {Storeys - 1} and a loss below 1."));
        }

        return new ShearFrame(Masses, Stiffnesses.SetItem(storey, (1.0 - loss) * Stiffnesses[storey]), DampingRatio);
    }

    /// <summary>The natural frequencies in Hz, lowest first.</summary>
    public ImmutableArray<double> NaturalFrequencies() => [.. Modes().Omega.Select(omega => omega / (2.0 * Math.PI))];

    /// <summary>The frame as a first-order system: states y then y', n each; x' = A x + B f, accelerations y'' = Ca x + Da f.</summary>
    /// <returns>A (2n by 2n), B (2n by n), Ca (n by 2n), Da (n by n).</returns>
    public (double[,] A, double[,] B, double[,] Ca, double[,] Da) ToStateSpace()
    {
        int n = Storeys;
        double[,] stiffness = Stiffness();
        Matrix<double> damping = Damping();
        (double[,] a, double[,] b) = (new double[2 * n, 2 * n], new double[2 * n, n]);
        (double[,] ca, double[,] da) = (new double[n, 2 * n], new double[n, n]);
        for (int i = 0; i < n; i++)
        {
            a[i, n + i] = 1.0;
            b[n + i, i] = da[i, i] = 1.0 / Masses[i];
            for (int j = 0; j < n; j++)
            {
                a[n + i, j] = ca[i, j] = -stiffness[i, j] / Masses[i];
                a[n + i, n + j] = ca[i, n + j] = -damping[i, j] / Masses[i];
            }
        }

        return (a, b, ca, da);
    }

    /// <inheritdoc/>
    public bool Equals(ShearFrame? other) =>
        other is not null && DampingRatio == other.DampingRatio && Masses.AsSpan().SequenceEqual(other.Masses.AsSpan()) &&
        Stiffnesses.AsSpan().SequenceEqual(other.Stiffnesses.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Storeys, DampingRatio, Masses[0], Stiffnesses[0]);

    private static void CheckPositive(FindingList findings, string where, IReadOnlyList<double> values)
    {
        for (int i = 0; i < values.Count; i++)
        {
            if (!(values[i] > 0.0 && double.IsFinite(values[i])))
            {
                findings.Error(
                    FormattableString.Invariant($"{where}[{i}]"), FormattableString.Invariant($"the value {values[i]}"), "Give a positive number.");
            }
        }
    }

    private double[,] Stiffness()
    {
        int n = Storeys;
        var k = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            k[i, i] = Stiffnesses[i] + (i + 1 < n ? Stiffnesses[i + 1] : 0.0);
            if (i + 1 < n)
            {
                k[i, i + 1] = k[i + 1, i] = -Stiffnesses[i + 1];
            }
        }

        return k;
    }

    // Symmetric eigenvalue problem of M^-1/2 K M^-1/2; shapes are mass-normalised columns.
    private (double[] Omega, Matrix<double> Shapes) Modes()
    {
        int n = Storeys;
        Matrix<double> scaled = Matrix<double>.Build.DenseOfArray(Stiffness());
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                scaled[i, j] /= Math.Sqrt(Masses[i] * Masses[j]);
            }
        }

        Evd<double> modes = scaled.Evd(Symmetricity.Symmetric);
        Matrix<double> shapes = modes.EigenVectors.Clone();
        for (int i = 0; i < n; i++)
        {
            shapes.SetRow(i, shapes.Row(i) / Math.Sqrt(Masses[i]));
        }

        return ([.. modes.EigenValues.Select(value => Math.Sqrt(value.Real))], shapes);
    }

    private Matrix<double> Damping()
    {
        (double[] omega, Matrix<double> shapes) = Modes();
        Matrix<double> mass = Matrix<double>.Build.DenseOfDiagonalArray([.. Masses]);
        Matrix<double> modal = Matrix<double>.Build.DenseOfDiagonalArray([.. omega.Select(w => 2.0 * DampingRatio * w)]);
        return mass * shapes * modal * shapes.Transpose() * mass;
    }
}
