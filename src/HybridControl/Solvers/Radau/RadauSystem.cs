using System.Numerics;
using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>J, M and the factors of the matrices of a Radau step of one size.</summary>
/// <remarks>Work space of one stepper for one right-hand side: allocates only where a scheme has more pairs than any before.</remarks>
internal sealed class RadauSystem : LinearizedFlow
{
    private readonly NewtonMatrix _real;
    private readonly ComplexNewtonMatrix?[] _pairs = new ComplexNewtonMatrix?[RadauScheme.MostStages / 2];
    private readonly double[] _rates = new double[RadauScheme.MostStages * RadauScheme.Stride];

    public RadauSystem(JacobianFunction function)
        : base(function) => _real = NewtonMatrix.For(function.Pattern);

    /// <summary>Step size of the factors; zero if they belong to another J, M or scheme.</summary>
    public double Size { get; private set; }

    /// <summary>Minus the transformed A^-1 over the size of the factors, by columns.</summary>
    public double[] Rates => _rates;

    /// <inheritdoc/>
    public override void Forget() => Size = 0.0;

    /// <summary>Factors the matrices of a step.</summary>
    /// <returns>What stands in the way: accepted if nothing does.</returns>
    public StepStatus Factor(RadauScheme scheme, double size)
    {
        Size = 0.0;
        if (!FactorAll(scheme, size))
        {
            return Obstacle;
        }

        Size = size;
        SetRates(scheme, size);
        return StepStatus.Accepted;
    }

    /// <summary>Solves with the factors in place.</summary>
    /// <param name="scheme">The scheme of the factors.</param>
    /// <param name="right">The right sides, n numbers for each stage.</param>
    public void SolveAll(RadauScheme scheme, Span<double> right)
    {
        int n = right.Length / scheme.Stages;
        _real.Solve(right[..n]);
        for (int p = 0; p < scheme.Pairs.Length; p++)
        {
            _pairs[p]!.Solve(right.Slice(((2 * p) + 1) * n, n), right.Slice(((2 * p) + 2) * n, n));
        }
    }

    /// <inheritdoc/>
    public override void Solve(Span<double> right) => _real.Solve(right);

    /// <summary>Writes M x.</summary>
    public void MassTimes(ReadOnlySpan<double> x, Span<double> product)
    {
        ReadOnlySpan<int> starts = Function.Pattern.RowStarts;
        ReadOnlySpan<int> columns = Function.Pattern.Columns;
        for (int i = 0; i < product.Length; i++)
        {
            double row = 0.0;
            for (int k = starts[i]; k < starts[i + 1]; k++)
            {
                row += Mass[k] * x[columns[k]];
            }

            product[i] = row;
        }
    }

    /// <summary>Exchanges J and M with an archive; the factors follow from them.</summary>
    public void Exchange(RadauScheme scheme, StateArchive archive)
    {
        Exchange(archive);
        double size = archive.Exchange(Size);
        if (archive.IsReading)
        {
            Size = 0.0;
            if (size > 0.0)
            {
                Factor(scheme, size);
            }
        }
    }

    private bool FactorAll(RadauScheme scheme, double size)
    {
        if (!_real.Factor(scheme.Gamma / size, Mass, Jacobian))
        {
            return false;
        }

        for (int p = 0; p < scheme.Pairs.Length; p++)
        {
            ComplexNewtonMatrix pair = _pairs[p] ??= ComplexNewtonMatrix.For(Function.Pattern);
            (double alpha, double beta) = scheme.Pairs[p];
            if (!pair.Factor(new Complex(alpha / size, beta / size), Mass, Jacobian))
            {
                return false;
            }
        }

        return true;
    }

    private void SetRates(RadauScheme scheme, double size)
    {
        double rate = 1.0 / size;
        const int Stride = RadauScheme.Stride;
        Array.Clear(_rates);
        _rates[0] = -scheme.Gamma * rate;
        for (int p = 0; p < scheme.Pairs.Length; p++)
        {
            (double alpha, double beta) = scheme.Pairs[p];
            int k = (2 * p) + 1;
            _rates[(k * Stride) + k] = _rates[((k + 1) * Stride) + k + 1] = -alpha * rate;
            _rates[((k + 1) * Stride) + k] = beta * rate;
            _rates[(k * Stride) + k + 1] = -beta * rate;
        }
    }
}
