using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Layers;

namespace HeartSurface;

/// <summary>The network that all nodes share: how fast a node moves, and where to.</summary>
/// <remarks>
/// x_i+ = x_i + a (b - x_i) with a and b between 0 and 1, both of (x_i, (L x)_i) through one hidden layer of tanh and a sigmoid.
/// So potentials stay between 0 and 1 whatever the network has learned: a front can be wrong but cannot blow up.
/// </remarks>
public sealed class LocalNetwork
{
    private const double SlowStart = -4.0;

    /// <summary>Makes a network that hardly moves anything until it has learned.</summary>
    public LocalNetwork(ulong seed, int width = 12)
    {
        Hidden = new Mlp(Parameters, "local", 2, width);
        Hidden.Initialize(seed);
        Rate = new DenseLayer(Parameters, "local.rate", width, 1);
        Target = new DenseLayer(Parameters, "local.target", width, 1);
        Parameters.ValuesOf(Parameters.Find("local.rate.bias")!)[0] = SlowStart;
    }

    /// <summary>All learned numbers.</summary>
    public ParameterSet Parameters { get; } = new();

    /// <summary>The hidden layer.</summary>
    public Mlp Hidden { get; }

    /// <summary>The layer of a.</summary>
    public DenseLayer Rate { get; }

    /// <summary>The layer of b.</summary>
    public DenseLayer Target { get; }

    /// <summary>The discrete Laplacian of the ring, n by n, row-major.</summary>
    public static double[] Laplacian(int n)
    {
        double[] laplacian = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            laplacian[i * (n + 1)] = -2.0;
            laplacian[(i * n) + ((i + 1) % n)] = laplacian[(i * n) + ((i + n - 1) % n)] = 1.0;
        }

        return laplacian;
    }

    /// <summary>x+ on a tape.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="bound">The parameters on it.</param>
    /// <param name="x">A row of nodes.</param>
    /// <param name="laplacian">L, nodes by nodes.</param>
    public Variable Next(Tape tape, BoundParameters bound, Variable x, Variable laplacian)
    {
        Variable hidden = Hidden.Forward(tape, bound, tape.Below(x, tape.Product(x, laplacian)));
        Variable rate = tape.Sigmoid(Rate.Forward(tape, bound, hidden));
        Variable target = tape.Sigmoid(Target.Forward(tape, bound, hidden));
        return tape.Add(x, tape.Multiply(rate, tape.Subtract(target, x)));
    }
}
