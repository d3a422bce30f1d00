using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Sequences.Channels;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Vision;

/// <summary>The head of Heracles: a token of the class, at first the mean pixel, asks all pixels, and a linear map judges it.</summary>
/// <remarks>
/// Parameters: <c>post_network.0.{norm1, attn.{q, kv, proj}, norm2, mlp.{fc1, fc2}}</c>, <c>normN</c>, <c>head</c>, and with labels of
/// tokens <c>aux_head</c>: then half the greatest judgement of any pixel is added. Touvron et al., "Going deeper with Image
/// Transformers", arXiv 2103.17239; Jiang et al., "All Tokens Matter", arXiv 2104.10858.
/// </remarks>
internal sealed class ClassHead : IImageHead
{
    private const double TokenShare = 0.5;

    private readonly ImageGrid _grid;
    private readonly PixelMean _mean;
    private readonly RowNorm _askNorm;
    private readonly FullAttention _attention;
    private readonly RowNorm _channelNorm;
    private readonly Perceptron _channels;
    private readonly RowNorm _norm;
    private readonly Linear _head;
    private readonly Linear? _tokenHead;
    private double[] _judgements = [];
    private double[] _greatest = [];

    public ClassHead(LayerContext context, ImageGrid grid, string lastNorm, ClassHeadSettings settings)
    {
        LayerContext block = context with { Place = "post_network.0", Width = grid.Channels };
        var norm = new NormDescription(NormKind.Layer, settings.NormEpsilon);
        _grid = grid;
        _mean = new(block, grid);
        (_askNorm, _channelNorm) = (norm.Build(block.Below("norm1")), norm.Build(block.Below("norm2")));
        _attention = HeraclesParts.Attention(block.Below("attn"), settings.Heads);
        LayerContext channels = block.Below("mlp");
        _channels = new(
            Activation.Gelu,
            LinearMap.Build(channels, "fc1", settings.Hidden, grid.Channels, true),
            LinearMap.Build(channels, "fc2", grid.Channels, settings.Hidden, true));
        _norm = norm.Build(block with { Place = lastNorm });
        _head = FoldedLinear.Build(block with { Place = "head" }, settings.Classes, grid.Channels, true);
        _tokenHead = settings.TokenLabels ? FoldedLinear.Build(block with { Place = "aux_head" }, settings.Classes, grid.Channels, true) : null;
    }

    /// <inheritdoc/>
    public int Outputs => _head.Outputs;

    /// <inheritdoc/>
    public void Apply(ForwardPass pass, int images, TensorView x, TensorView y)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        (ITensorBackend backend, int width, int tokens) = (pass.Backend, _grid.Channels, _grid.Pixels + 1);
        TensorView mean = pass.Workspace.Rent(images, width);
        TensorView all = pass.Workspace.Rent(images * tokens, width);
        TensorView normed = pass.Workspace.Rent(images * tokens, width);
        TensorView change = pass.Workspace.Rent(images, width);
        _mean.Apply(pass, images, x, mean);
        for (int i = 0; i < images; i++)
        {
            backend.Copy(mean.RowsAt(i, 1), all.RowsAt(i * tokens, 1));
            backend.Copy(x.RowsAt(i * _grid.Pixels, _grid.Pixels), all.RowsAt((i * tokens) + 1, _grid.Pixels));
        }

        // The token of each image's class: one row of an image's tokens after the other.
        TensorView classes = all.Reshaped(images, tokens * width).ColumnsAt(0, width);
        _askNorm.Apply(backend, all, normed);
        pass.Take(new SequenceShape(images, 1));
        _attention.Scan(pass, normed.Reshaped(images, tokens * width).ColumnsAt(0, width), normed, change);
        backend.AddScaled(change, 1.0, classes);
        _channelNorm.Apply(backend, classes, mean);
        _channels.Scan(pass, mean, change);
        backend.AddScaled(change, 1.0, classes);
        _norm.Apply(backend, all, normed);
        _head.Scan(pass, normed.Reshaped(images, tokens * width).ColumnsAt(0, width), y);
        if (_tokenHead is not null)
        {
            AddTokens(pass, images, normed, y);
        }
    }

    /// <summary>Greatest judgements are found by the caller's processor: they are few, and no layer needs them.</summary>
    private void AddTokens(ForwardPass pass, int images, TensorView tokens, TensorView y)
    {
        TensorView judged = pass.Workspace.Rent(tokens.Rows, Outputs);
        TensorView greatest = pass.Workspace.Rent(images, Outputs);
        _tokenHead!.Scan(pass, tokens, judged);
        if (_greatest.Length != greatest.Count)
        {
            (_judgements, _greatest) = (new double[judged.Count], new double[greatest.Count]);
        }

        pass.Backend.Download(judged, _judgements);
        _greatest.AsSpan().Fill(double.NegativeInfinity);
        for (int i = 0; i < _judgements.Length; i++)
        {
            (int row, int c) = (i / Outputs, i % Outputs);
            (int image, int token) = (row / (_grid.Pixels + 1), row % (_grid.Pixels + 1));
            if (token > 0)
            {
                _greatest[(image * Outputs) + c] = Math.Max(_greatest[(image * Outputs) + c], _judgements[i]);
            }
        }

        pass.Backend.Upload(_greatest, greatest);
        pass.Backend.AddScaled(greatest, TokenShare, y);
    }
}
