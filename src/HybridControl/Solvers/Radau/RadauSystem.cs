using System.Numerics;
using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>J, M and the factors of the two matrices of a Radau step of one size.</summary>
/// <remarks>Work space of one stepper for one right-hand side: allocates nothing after it was made.</remarks>
internal sealed class RadauSystem
{
    private readonly JacobianFunction _function;
    private readonly JacobianWork _jacobian;
    private readonly NewtonMatrix _real;
    private readonly ComplexNewtonMatrix _complex;
    private readonly double[] _mass;
    private double _size;

    public RadauSystem(JacobianFunction function)
    {
        _function = function;
        _jacobian = function.Start();
        _real = NewtonMatrix.For(function.Pattern);
        _complex = ComplexNewtonMatrix.For(function.Pattern);
        _mass = function.Mass is null ? [] : new double[function.Pattern.Count];
    }

    /// <summary>Whether M is not the identity.</summary>
    public bool HasMass => _mass.Length > 0;

    /// <summary>Step size of the factors; zero if they belong to another J or M.</summary>
    public double Size => _size;

    /// <summary>Reads M, which is constant between instants.</summary>
    public void ReadMass(double[] data)
    {
        if (_function.Mass is { } mass)
        {
            mass.Evaluate(data, _mass);
            _size = 0.0;
        }
    }

    /// <summary>Computes J.</summary>
    /// <returns>Evaluations of the right-hand side that this took.</returns>
    public long Linearize(double time, ReadOnlySpan<double> states, ReadOnlySpan<double> slopes, double[] data)
    {
        long before = _jacobian.Evaluations;
        _jacobian.Evaluate(time, states, slopes, data);
        _size = 0.0;
        return _jacobian.Evaluations - before;
    }

    /// <summary>Factors the matrices of a step.</summary>
    /// <returns>What stands in the way: accepted if nothing does.</returns>
    public StepStatus Factor(double size)
    {
        _size = 0.0;
        if (_real.Factor(RadauTransformation.Gamma / size, _mass, _jacobian.Values) &&
            _complex.Factor(new Complex(RadauTransformation.Alpha / size, RadauTransformation.Beta / size), _mass, _jacobian.Values))
        {
            _size = size;
            return StepStatus.Accepted;
        }

        return Dense.IsFinite(_jacobian.Values) ? StepStatus.Singular : StepStatus.NotFinite;
    }

    /// <summary>Solves with the factors of the real matrix in place.</summary>
    public void Solve(Span<double> right) => _real.Solve(right);

    /// <summary>Solves with the factors of the complex matrix in place.</summary>
    public void Solve(Span<double> real, Span<double> imaginary) => _complex.Solve(real, imaginary);

    /// <summary>Writes M x.</summary>
    public void MassTimes(ReadOnlySpan<double> x, Span<double> product)
    {
        ReadOnlySpan<int> starts = _function.Pattern.RowStarts;
        ReadOnlySpan<int> columns = _function.Pattern.Columns;
        for (int i = 0; i < product.Length; i++)
        {
            double row = 0.0;
            for (int k = starts[i]; k < starts[i + 1]; k++)
            {
                row += _mass[k] * x[columns[k]];
            }

            product[i] = row;
        }
    }

    /// <summary>Exchanges J and M with an archive; the factors follow from them.</summary>
    public void Exchange(StateArchive archive)
    {
        archive.Exchange(_jacobian.Values);
        archive.Exchange(_mass);
        double size = archive.Exchange(_size);
        if (archive.IsReading)
        {
            _size = 0.0;
            if (size > 0.0)
            {
                Factor(size);
            }
        }
    }
}
