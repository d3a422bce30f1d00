using System.Collections.Immutable;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>Layers side by side: all read the same tokens, and what they give is added up.</summary>
public sealed class ParallelMixer : ISequenceLayer
{
    private readonly ImmutableArray<ISequenceLayer> _branches;

    internal ParallelMixer(ImmutableArray<ISequenceLayer> branches) => _branches = branches;

    /// <inheritdoc/>
    public int Inputs => _branches[0].Inputs;

    /// <inheritdoc/>
    public int Outputs => _branches[0].Outputs;

    /// <summary>The layers.</summary>
    public IReadOnlyList<ISequenceLayer> Branches => _branches;

    /// <inheritdoc/>
    public void Scan(ForwardPass pass, TensorView x, TensorView y)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        _branches[0].Scan(pass, x, y);
        TensorView other = pass.Workspace.Rent(y.Rows, y.Columns);
        for (int i = 1; i < _branches.Length; i++)
        {
            _branches[i].Scan(pass, x, other);
            pass.Backend.AddScaled(other, 1.0, y);
        }
    }
}
