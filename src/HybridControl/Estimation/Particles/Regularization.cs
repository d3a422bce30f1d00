using HybridControl.Numerics;
using HybridControl.Simulation;

namespace HybridControl.Estimation;

/// <summary>Jitters copies of particles with a kernel of the shape of the cloud of their mode. Work space of one filter.</summary>
/// <remarks>
/// x + h L e with the factor L of the covariance of the cloud and the bandwidth h that is optimal for a Gaussian cloud. The
/// first copy of a particle stays where it is. B. W. Silverman, Density Estimation for Statistics and Data Analysis (1986), chapter 4.
/// </remarks>
internal sealed class Regularization
{
    private readonly int _n;
    private readonly double[] _kernel;
    private readonly double[] _shift;
    private readonly double[] _x;
    private WeightedMoments? _moments;
    private GaussianBelief[] _clouds = [];
    private double[] _weights = [];
    private int[] _counts = [];
    private RegularizationKernel _shape;

    /// <summary>Makes room for one state.</summary>
    public Regularization(int n)
    {
        _n = n;
        _kernel = new double[n + 4];
        _shift = new double[n];
        _x = new double[n];
    }

    /// <summary>Measures the cloud of each mode.</summary>
    public void Prepare(RegularizationKernel shape, StateEnsemble members, ReadOnlySpan<double> weights, StateGeometry geometry, int modes)
    {
        _shape = shape;
        if (shape == RegularizationKernel.None)
        {
            return;
        }

        if (_moments is null)
        {
            _moments = new WeightedMoments(geometry);
            _clouds = new GaussianBelief[modes];
            _counts = new int[modes];
            _weights = new double[members.Count];
            for (int mode = 0; mode < modes; mode++)
            {
                _clouds[mode] = new GaussianBelief(_n);
            }
        }

        for (int mode = 0; mode < modes; mode++)
        {
            double sum = 0.0;
            for (int member = 0; member < members.Count; member++)
            {
                _weights[member] = members.Modes[member] == mode ? weights[member] : 0.0;
                sum += _weights[member];
            }

            if (sum > 0.0)
            {
                for (int member = 0; member < members.Count; member++)
                {
                    _weights[member] /= sum;
                }

                double squares = Dense.Dot(_weights, _weights);
                _moments.Write(members, _weights, squares < 1.0 ? 1.0 / (1.0 - squares) : 0.0, _clouds[mode]);
            }
        }
    }

    /// <summary>Moves every particle whose parent is that of the one before it.</summary>
    public void Jitter(StateEnsemble members, ReadOnlySpan<int> parents, double scale, StateGeometry geometry, EnsembleNoise noise)
    {
        if (_shape == RegularizationKernel.None)
        {
            return;
        }

        Array.Clear(_counts);
        foreach (int mode in members.Modes)
        {
            _counts[mode]++;
        }

        for (int member = 1; member < members.Count; member++)
        {
            if (parents[member] != parents[member - 1])
            {
                continue;
            }

            int mode = members.Modes[member];
            DrawKernel(member, noise);
            double bandwidth = scale * OptimalBandwidth(_shape, _n, _counts[mode]);
            ReadOnlySpan<double> factor = _clouds[mode].Factor;
            for (int i = 0; i < _n; i++)
            {
                _shift[i] = bandwidth * Dense.Dot(factor.Slice(i * _n, i + 1), _kernel.AsSpan(0, i + 1));
            }

            members.Read(member, _x);
            geometry.Add(_x, _shift);
            members.Write(member, _x);
        }
    }

    /// <summary>The bandwidth of least mean integrated square error for a Gaussian density of unit covariance.</summary>
    public static double OptimalBandwidth(RegularizationKernel shape, int n, int count)
    {
        double power = 1.0 / (n + 4.0);
        double factor = shape == RegularizationKernel.Gaussian
            ? 4.0 / (n + 2.0)
            : 8.0 * (n + 4.0) * Math.Pow(2.0 * Math.Sqrt(Math.PI), n) / UnitBallVolume(n);
        return Math.Pow(factor / count, power);
    }

    private static double UnitBallVolume(int n) => n switch
    {
        0 => 1.0,
        1 => 2.0,
        _ => UnitBallVolume(n - 2) * 2.0 * Math.PI / n,
    };

    // A point of the unit sphere in n + 4 dimensions, seen in n of them, has the density of Epanechnikov's kernel.
    private void DrawKernel(int member, EnsembleNoise noise)
    {
        int drawn = _shape == RegularizationKernel.Gaussian ? _n : _n + 4;
        for (int i = 0; i < drawn; i++)
        {
            _kernel[i] = noise.Normal(member, i);
        }

        if (_shape == RegularizationKernel.Epanechnikov)
        {
            double length = Math.Sqrt(Dense.Dot(_kernel, _kernel));
            for (int i = 0; i < _n; i++)
            {
                _kernel[i] /= length;
            }
        }
    }
}
