using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences;

/// <summary>One step of the residual stream: <c>h = w h + a f(norm(h + side(h)))</c>.</summary>
/// <remarks>Without learned weights w is 1; most stacks have no side, and a = 1.</remarks>
public sealed class ResidualBlock
{
    private readonly string _place;
    private readonly RowNorm? _norm;
    private readonly ISequenceLayer _mixer;
    private readonly ISequenceLayer? _side;
    private readonly TensorView _keep;
    private readonly double _scale;

    /// <summary>Creates the block.</summary>
    /// <param name="place">Its name, for observers.</param>
    /// <param name="norm">Before the layer; null for none.</param>
    /// <param name="mixer">The layer f.</param>
    /// <param name="scale">The factor a.</param>
    /// <param name="keep">The weights w, 1 x d; empty for ones.</param>
    /// <param name="side">Adds to the input of f alone; null for none.</param>
    public ResidualBlock(string place, RowNorm? norm, ISequenceLayer mixer, double scale = 1.0, TensorView keep = default, ISequenceLayer? side = null) =>
        (_place, _norm, _mixer, _scale, _keep, _side) = (place, norm, mixer, scale, keep, side);

    /// <summary>What mixes.</summary>
    public ISequenceLayer Mixer => _mixer;

    /// <summary>Changes the residual stream.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="h">The stream, a row for each token.</param>
    public void Apply(ForwardPass pass, TensorView h)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        pass.Observer?.Entering(_place);
        TensorView input = h;
        if (_norm is not null || _side is not null)
        {
            input = pass.Workspace.Rent(h.Rows, h.Columns);
            if (_side is not null)
            {
                _side.Scan(pass, h, input);
                pass.Backend.AddScaled(h, 1.0, input);
            }

            _norm?.Apply(pass.Backend, _side is null ? h : input, input);
        }

        TensorView output = pass.Workspace.Rent(h.Rows, h.Columns);
        _mixer.Scan(pass, input, output);
        if (!_keep.IsEmpty)
        {
            pass.Backend.Multiply(h, _keep, h);
        }

        pass.Backend.AddScaled(output, _scale, h);
        pass.Observer?.Leaving(_place);
    }
}
