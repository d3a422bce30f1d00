using System.Runtime.InteropServices;

namespace HybridControl.Solvers;

/// <summary>The work block of a stochastic step, in parts.</summary>
/// <remarks>
/// In this order: n states at the end; n drifts a; n linear parts b of the noise; n quadratic parts c; the increments of the
/// m processes that the flow uses; scratch. The path is x + theta (h a + b) + theta^2 c.
/// </remarks>
internal readonly ref struct StochasticWork
{
    private readonly Span<double> _all;
    private readonly int _n;
    private readonly int _m;

    public StochasticWork(ref double first, int states, int processes, int scratch)
    {
        _n = states;
        _m = processes;
        _all = MemoryMarshal.CreateSpan(ref first, LengthFor(states, processes, scratch));
    }

    /// <summary>States at the end of the step.</summary>
    public Span<double> End => _all[.._n];

    /// <summary>Drift a.</summary>
    public Span<double> Drift => _all.Slice(_n, _n);

    /// <summary>Linear part b of the noise.</summary>
    public Span<double> Linear => _all.Slice(2 * _n, _n);

    /// <summary>Quadratic part c of the noise.</summary>
    public Span<double> Quadratic => _all.Slice(3 * _n, _n);

    /// <summary>Increments of the processes over the step.</summary>
    public Span<double> Increments => _all.Slice(4 * _n, _m);

    /// <summary>Scratch of the method.</summary>
    public Span<double> Scratch => _all[((4 * _n) + _m)..];

    /// <summary>Numbers in a block.</summary>
    public static int LengthFor(int states, int processes, int scratch) => (4 * states) + processes + scratch;

    /// <summary>Ends the step: x + h a + b + c.</summary>
    public void Finish(ReadOnlySpan<double> start, double size)
    {
        for (int i = 0; i < _n; i++)
        {
            End[i] = start[i] + ((size * Drift[i]) + Linear[i]) + Quadratic[i];
        }
    }
}
