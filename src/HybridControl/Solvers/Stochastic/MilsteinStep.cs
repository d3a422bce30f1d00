using System.Runtime.InteropServices;
using HybridControl.Dynamics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Solvers;

/// <summary>One step of Milstein. Immutable and thread-safe: everything that changes is in the work block.</summary>
internal sealed class MilsteinStep
{
    private readonly OdeFunction _function;
    private readonly int _n;
    private readonly int _processes;
    private readonly int _entries;
    private readonly MilsteinTerm[] _terms = [];
    private readonly VectorFunction? _values;

    public MilsteinStep(OdeFunction function)
    {
        _function = function;
        _n = function.Dimension;
        if (function.Diffusion is not { } diffusion)
        {
            return;
        }

        _processes = diffusion.Processes.Length;
        _entries = diffusion.Entries.Length;
        _terms = [.. MilsteinTerms.Of(diffusion).Where(term => term.First <= term.Second)]; // the others are equal: they commute
        if (_terms.Length > 0)
        {
            _values = VectorFunctions.Compile(diffusion.Name, diffusion.Slots, [.. _terms.Select(term => term.Value)])[0];
        }
    }

    /// <summary>Takes the step; the signature is <see cref="StepFunction"/>, the work block <see cref="StochasticWork"/>.</summary>
    public double Take(
        double time, double size, ref double states, ref double data, ref double work, double relative, double absolute)
    {
        var block = new StochasticWork(ref work, _n, _processes, _entries + _terms.Length);
        _function.Derivatives(time, ref states, ref data, ref MemoryMarshal.GetReference(block.Drift));
        block.Linear.Clear();
        block.Quadratic.Clear();
        EulerMaruyamaStep.AddNoise(_function.Diffusion, time, ref states, ref data, block);
        if (_values is not null)
        {
            Span<double> values = block.Scratch[_entries..];
            _values(time, ref states, ref data, ref MemoryMarshal.GetReference(values));
            AddSecondOrder(values, block);
        }

        block.Finish(MemoryMarshal.CreateReadOnlySpan(ref states, _n), size);
        return 0.0;
    }

    private void AddSecondOrder(ReadOnlySpan<double> values, StochasticWork block)
    {
        for (int k = 0; k < _terms.Length; k++)
        {
            MilsteinTerm term = _terms[k];
            bool same = term.First == term.Second;
            double half = same ? 0.5 * values[k] : values[k];
            block.Quadratic[term.State] += half * block.Increments[term.First] * block.Increments[term.Second];
            block.Drift[term.State] -= same ? half : 0.0;
        }
    }
}
