using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Vision;

/// <summary>An image model that is ready to run: pixels in, a number for each class out.</summary>
/// <remarks>
/// Made by <see cref="VisionDescription.Build(Stacks.IParameterSource, ITensorBackend, WeightFormat)"/>. Holds parameters and working memory, and remembers no image. One thread at a time.
/// Observers see <c>NAME.output</c> of each layer: a row of channels for each pixel, image after image. Nothing is allocated once images of
/// a number have been seen.
/// </remarks>
public sealed class VisionStack : IDisposable
{
    private readonly VisionRun _run;
    private readonly ImmutableArray<IImageLayer> _layers;
    private readonly IImageHead _head;

    internal VisionStack(VisionDescription description, VisionRun run, ImmutableArray<IImageLayer> layers, IImageHead head) =>
        (Description, _run, _layers, _head) = (description, run, layers, head);

    /// <summary>What it is made of.</summary>
    public VisionDescription Description { get; }

    /// <summary>Where it runs.</summary>
    public ITensorBackend Backend => _run.Backend;

    /// <summary>Numbers that come out for each image.</summary>
    public int Outputs => _head.Outputs;

    /// <summary>Numbers that are learned; a batch norm counts as part of the map that it is multiplied into.</summary>
    public long ParameterCount => _run.ParameterCount;

    /// <summary>Bytes of the parameters.</summary>
    public long ParameterBytes => _run.ParameterBytes;

    /// <summary>Bytes of the memory on the way, so far.</summary>
    public long WorkspaceBytes => _run.WorkspaceBytes;

    /// <summary>Names of the layers.</summary>
    public IEnumerable<string> Layers => _layers.Select(layer => layer.Name);

    /// <summary>Judges images.</summary>
    /// <param name="pixels">Image after image: channel after channel, row after row, square, of the size of the description.</param>
    /// <param name="images">How many.</param>
    /// <param name="logits">Receives <see cref="Outputs"/> numbers for each image.</param>
    /// <param name="observer">Who watches, or null.</param>
    /// <exception cref="ModelException">A pixel is not finite, or there is no memory.</exception>
    public void Run(ReadOnlySpan<float> pixels, int images, Span<float> logits, ILayerObserver? observer = null)
    {
        Check(pixels, images, logits.Length);
        using Workspace.Scope scope = _run.Begin(new SequenceShape(images, 1), observer);
        TensorView x = Rent(images);
        Backend.Upload(pixels, x);
        Backend.Download(Apply(images, x), logits);
    }

    /// <inheritdoc cref="Run(ReadOnlySpan{float}, int, Span{float}, ILayerObserver?)"/>
    public void Run(ReadOnlySpan<double> pixels, int images, Span<double> logits, ILayerObserver? observer = null)
    {
        Check(pixels, images, logits.Length);
        using Workspace.Scope scope = _run.Begin(new SequenceShape(images, 1), observer);
        TensorView x = Rent(images);
        Backend.Upload(pixels, x);
        Backend.Download(Apply(images, x), logits);
    }

    /// <inheritdoc/>
    public void Dispose() => _run.Dispose();

    private TensorView Rent(int images) => _run.Pass.Workspace.Rent(images, Description.Image.Numbers);

    private TensorView Apply(int images, TensorView x)
    {
        ForwardPass pass = _run.Pass;
        foreach (IImageLayer layer in _layers)
        {
            TensorView y = pass.Workspace.Rent(checked(images * layer.Output.Pixels), layer.Output.Channels);
            pass.Observer?.Entering(layer.Name);
            layer.Apply(pass, images, x, y);
            pass.Observer?.Leaving(layer.Name);
            pass.Show(layer.Name, "output", y);
            x = y;
        }

        TensorView logits = pass.Workspace.Rent(images, Outputs);
        pass.Observer?.Entering("head");
        _head.Apply(pass, images, x, logits);
        pass.Observer?.Leaving("head");
        return logits;
    }

    private void Check<T>(ReadOnlySpan<T> pixels, int images, int outputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(images, 1);
        ImageGrid grid = Description.Image;
        if (pixels.Length != (long)images * grid.Numbers)
        {
            throw new ArgumentException($"{images} images of {grid.Channels} x {grid.Height} x {grid.Width} are {(long)images * grid.Numbers} numbers, not {pixels.Length}.", nameof(pixels));
        }

        if (outputs != (long)images * Outputs)
        {
            throw new ArgumentException($"{images} images need room for {(long)images * Outputs} numbers, not {outputs}.", nameof(images));
        }

        int odd = Finite.FirstOdd(pixels);
        if (odd >= 0)
        {
            (int image, int within) = (odd / grid.Numbers, odd % grid.Numbers);
            throw new ModelException(
                FormattableString.Invariant($"image {image}, channel {within / grid.Pixels}, row {within % grid.Pixels / grid.Width}, column {within % grid.Width}"),
                "the pixel is not finite",
                "Fill missing pixels.");
        }
    }
}
