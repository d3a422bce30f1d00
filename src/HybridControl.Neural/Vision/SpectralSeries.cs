using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Vision;

/// <summary>A block of Heracles on time series of one length: what every sample looks like beside all the others, before and after it.</summary>
/// <remarks>
/// Half the channels are filtered over the whole series, by a factor for each frequency of the cosine transform; half pass a convolution
/// of three taps; a convolved perceptron follows. Not causal: for analysis and smoothing, not as a model of a plant that runs.
/// Made by <see cref="SpectralSeriesDescription.Build"/>. One thread at a time.
/// </remarks>
public sealed class SpectralSeries : IDisposable
{
    private readonly VisionRun _run;
    private readonly IImageLayer _blocks;

    internal SpectralSeries(SpectralSeriesDescription description, VisionRun run, IImageLayer blocks) =>
        (Description, _run, _blocks) = (description, run, blocks);

    /// <summary>What it is made of.</summary>
    public SpectralSeriesDescription Description { get; }

    /// <summary>Where it runs.</summary>
    public ITensorBackend Backend => _run.Backend;

    /// <summary>Numbers that are learned.</summary>
    public long ParameterCount => _run.ParameterCount;

    /// <summary>Maps series.</summary>
    /// <param name="x">Series after series, sample after sample, a number for each channel.</param>
    /// <param name="y">Receives as many; may be x.</param>
    /// <param name="observer">Who watches, or null.</param>
    /// <exception cref="ModelException">A sample is not finite, or there is no memory.</exception>
    public void Apply(ReadOnlySpan<double> x, Span<double> y, ILayerObserver? observer = null)
    {
        int series = x.Length / (Description.Length * Description.Channels);
        if (series < 1 || x.Length != series * Description.Length * Description.Channels || y.Length != x.Length)
        {
            throw new ArgumentException($"{x.Length} and {y.Length} numbers are not series of {Description.Length} samples of {Description.Channels}.", nameof(x));
        }

        int odd = Finite.FirstOdd(x);
        if (odd >= 0)
        {
            throw new ModelException(
                FormattableString.Invariant($"sample {odd / Description.Channels}, channel {odd % Description.Channels}"), "it is not finite", "Fill or leave out missing samples.");
        }

        using Workspace.Scope scope = _run.Begin(new SequenceShape(series, Description.Length), observer);
        TensorView input = _run.Pass.Workspace.Rent(series * Description.Length, Description.Channels);
        TensorView output = _run.Pass.Workspace.Rent(series * Description.Length, Description.Channels);
        Backend.Upload(x, input);
        _blocks.Apply(_run.Pass, series, input, output);
        Backend.Download(output, y);
    }

    /// <inheritdoc/>
    public void Dispose() => _run.Dispose();
}
