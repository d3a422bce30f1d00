using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Vision;

/// <summary>A model of images as data. Its parameters are called as the published checkpoints call them.</summary>
public abstract record VisionDescription
{
    private const int LargestSize = 4096;

    /// <summary>Rows and columns of an image.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Numbers of a pixel.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Numbers that come out for each image.</summary>
    public required int Classes { get; init; }

    /// <summary>The images that come in.</summary>
    internal ImageGrid Image => new(ImageSize, ImageSize, Channels);

    /// <summary>Builds the stack.</summary>
    /// <param name="parameters">Where its parameters come from.</param>
    /// <param name="backend">Where it runs; the caller keeps it.</param>
    /// <param name="format">How learned matrices are kept.</param>
    /// <exception cref="ModelException">Sizes do not fit together, parameters are missing or have other shapes, or there is no memory; carries every finding.</exception>
    public VisionStack Build(IParameterSource parameters, ITensorBackend backend, WeightFormat format = WeightFormat.Native) =>
        Build(parameters, backend, format, null);

    /// <inheritdoc cref="Build(IParameterSource, ITensorBackend, WeightFormat)"/>
    /// <param name="parameters">Where its parameters come from.</param>
    /// <param name="backend">Where it runs; the caller keeps it.</param>
    /// <param name="format">How learned matrices are kept.</param>
    /// <param name="conclude">Adds what the source finds wrong once all parameters were asked for.</param>
    internal VisionStack Build(IParameterSource parameters, ITensorBackend backend, WeightFormat format, Action<FindingList>? conclude)
    {
        var findings = new FindingList();
        Check((what, mend) => findings.Error(parameters.Name, what, mend));
        Throw(findings);
        var loader = new ParameterLoader(parameters, backend, format);
        try
        {
            (ImmutableArray<IImageLayer> layers, IImageHead head) = BuildParts(
                new LayerContext("model", 0, loader, new StateLayout(), new(StringComparer.Ordinal)));
            conclude?.Invoke(loader.Findings);
            Throw(loader.Findings);
            return new(this, new VisionRun(loader), layers, head);
        }
        catch
        {
            loader.Release();
            throw;
        }
    }

    /// <summary>Refuses sizes that do not fit together: what, and how to mend it.</summary>
    internal virtual void Check(Action<string, string> refuse)
    {
        if (ImageSize is < 1 or > LargestSize || Channels < 1 || Classes < 1)
        {
            refuse(FormattableString.Invariant($"images of {Channels} x {ImageSize} x {ImageSize} in {Classes} classes"), $"Sizes are 1 to {LargestSize}, channels and classes at least 1.");
        }
    }

    /// <summary>Builds the layers and the head.</summary>
    internal abstract (ImmutableArray<IImageLayer> Layers, IImageHead Head) BuildParts(LayerContext context);

    /// <summary>Refuses lists that do not have one number from 1 on for each stage.</summary>
    private protected static bool HasStages(Action<string, string> refuse, int stages, params ReadOnlySpan<(string Name, ImmutableArray<int> Values)> lists)
    {
        bool sound = true;
        foreach ((string name, ImmutableArray<int> values) in lists)
        {
            if (values.IsDefault || values.Length != stages || values.Any(value => value < 1))
            {
                refuse($"{name}: {(values.IsDefault ? "nothing" : string.Join(", ", values))}", $"Give {stages} whole numbers from 1 on, one for each stage.");
                sound = false;
            }
        }

        return sound;
    }

    private static void Throw(FindingList findings)
    {
        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }
    }
}
