using System.Runtime.InteropServices;
using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>One step of Euler and Maruyama. Immutable and thread-safe: everything that changes is in the work block.</summary>
internal sealed class EulerMaruyamaStep(OdeFunction function)
{
    private readonly int _n = function.Dimension;
    private readonly DiffusionFunction? _diffusion = function.Diffusion;
    private readonly int _processes = function.Diffusion?.Processes.Length ?? 0;
    private readonly int _entries = function.Diffusion?.Entries.Length ?? 0;

    /// <summary>Takes the step; the signature is <see cref="StepFunction"/>, the work block <see cref="StochasticWork"/>.</summary>
    public double Take(
        double time, double size, ref double states, ref double data, ref double work, double relative, double absolute)
    {
        var block = new StochasticWork(ref work, _n, _processes, _entries);
        function.Derivatives(time, ref states, ref data, ref MemoryMarshal.GetReference(block.Drift));
        block.Linear.Clear();
        block.Quadratic.Clear();
        AddNoise(_diffusion, time, ref states, ref data, block);
        block.Finish(MemoryMarshal.CreateReadOnlySpan(ref states, _n), size);
        return 0.0;
    }

    /// <summary>Writes the coefficients to the scratch space and adds G dW to the linear part.</summary>
    public static void AddNoise(
        DiffusionFunction? diffusion, double time, ref double states, ref double data, StochasticWork block)
    {
        if (diffusion is null)
        {
            return;
        }

        diffusion.Values(time, ref states, ref data, ref MemoryMarshal.GetReference(block.Scratch));
        ReadOnlySpan<DiffusionEntry> entries = diffusion.Entries.AsSpan();
        for (int e = 0; e < entries.Length; e++)
        {
            block.Linear[entries[e].State] += block.Scratch[e] * block.Increments[entries[e].Process];
        }
    }
}
