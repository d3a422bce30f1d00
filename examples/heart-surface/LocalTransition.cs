using HybridControl.Estimation;
using HybridControl.Neural.Layers;

namespace HeartSurface;

/// <summary>Learned dynamics of the surface: every node moves by the same small network of itself and its neighbours.</summary>
/// <remarks>The Jacobian is exact. Noise is smooth along the ring and has the standard deviation <c>noise</c>.</remarks>
public sealed class LocalTransition : TransitionModel
{
    private readonly LocalNetwork _network;
    private readonly MlpEvaluator _hidden;
    private readonly double[] _factor;
    private readonly double[] _output = new double[1];
    private readonly double[] _tangent = new double[2];

    /// <summary>Makes the model.</summary>
    public LocalTransition(int nodes, LocalNetwork network, double noise)
        : base(NumberedNames(nodes), 0, nodes)
    {
        _network = network;
        _hidden = network.Hidden.Start();
        _factor = SmoothNoise(nodes, noise);
    }

    /// <summary>Factor of a covariance noise^2 exp(-d^2 / 2 s^2) + a small part of each node's own, with d the distance along the ring in nodes and s = 2.</summary>
    public static double[] SmoothNoise(int nodes, double noise)
    {
        double[] covariance = new double[nodes * nodes];
        for (int i = 0; i < nodes; i++)
        {
            for (int j = 0; j < nodes; j++)
            {
                int d = Math.Min(Math.Abs(i - j), nodes - Math.Abs(i - j));
                covariance[(i * nodes) + j] = noise * noise * ((0.99 * Math.Exp(-d * d / 8.0)) + (d == 0 ? 0.01 : 0.0));
            }
        }

        return GaussianBelief.FromCovariance(new double[nodes], covariance).Factor.ToArray();
    }

    /// <inheritdoc/>
    public override bool Propagate(double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> next)
    {
        Span<double> slopes = stackalloc double[2];
        for (int i = 0; i < x.Length; i++)
        {
            next[i] = Move(x, i, slopes);
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Linearize(
        double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> next, Span<double> jacobian, Span<double> noise)
    {
        int n = x.Length;
        jacobian.Clear();
        Span<double> slopes = stackalloc double[2];
        for (int i = 0; i < n; i++)
        {
            next[i] = Move(x, i, slopes);
            Span<double> row = jacobian.Slice(i * n, n);
            row[i] += slopes[0] - (2.0 * slopes[1]);
            row[(i + n - 1) % n] += slopes[1];
            row[(i + 1) % n] += slopes[1];
        }

        return Noise(from, to, x, input, noise);
    }

    /// <inheritdoc/>
    public override bool Noise(double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> noise)
    {
        _factor.CopyTo(noise);
        return true;
    }

    // x_i+ and its slopes by x_i alone and by (L x)_i.
    private double Move(ReadOnlySpan<double> x, int i, Span<double> slopes)
    {
        int n = x.Length;
        ReadOnlySpan<double> features = [x[i], x[(i + n - 1) % n] - (2.0 * x[i]) + x[(i + 1) % n]];
        ReadOnlySpan<double> hidden = _hidden.Evaluate(features);
        Span<double> rates = stackalloc double[2];
        Span<double> targets = stackalloc double[2];
        double rate = Gate(_network.Rate, hidden);
        double target = Gate(_network.Target, hidden);
        ReadOnlySpan<double> tangent = _hidden.Tangent([1.0, 0.0, 0.0, 1.0], 2);
        Slope(_network.Rate, tangent, rate, rates);
        Slope(_network.Target, tangent, target, targets);
        for (int k = 0; k < 2; k++)
        {
            slopes[k] = (k == 0 ? 1.0 - rate : 0.0) + (rates[k] * (target - x[i])) + (rate * targets[k]);
        }

        return x[i] + (rate * (target - x[i]));
    }

    private double Gate(DenseLayer layer, ReadOnlySpan<double> hidden)
    {
        layer.Apply(hidden, _output);
        return 1.0 / (1.0 + Math.Exp(-_output[0]));
    }

    private void Slope(DenseLayer layer, ReadOnlySpan<double> tangent, double value, Span<double> slopes)
    {
        layer.ApplyTangent(tangent, 2, _tangent);
        for (int k = 0; k < 2; k++)
        {
            slopes[k] = value * (1.0 - value) * _tangent[k];
        }
    }
}
