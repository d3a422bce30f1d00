using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Vision;

/// <summary>A <see cref="SpectralSeries"/> as data.</summary>
/// <remarks>
/// Parameters as those of a block for images: <c>norm1</c>, <c>attn.weight</c> (channels/2 x length), <c>attn.local_ssm.conv</c>
/// (channels/2 x 3), <c>norm2</c>, <c>mlp.fc1</c>, <c>mlp.dwconv.dwconv</c> (hidden x 3), <c>mlp.fc2</c>, all below <c>block</c>.
/// </remarks>
public sealed record SpectralSeriesDescription
{
    private const string Name = "block";

    /// <summary>Samples of a series.</summary>
    public required int Length { get; init; }

    /// <summary>Numbers of a sample, even.</summary>
    public required int Channels { get; init; }

    /// <summary>Numbers between the maps of the perceptron.</summary>
    public required int Hidden { get; init; }

    /// <summary>Epsilon of the norms.</summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>Builds the block.</summary>
    /// <param name="parameters">Where its parameters come from.</param>
    /// <param name="backend">Where it runs; the caller keeps it.</param>
    /// <param name="format">How learned matrices are kept.</param>
    /// <exception cref="ModelException">Sizes or parameters are wrong; carries every finding.</exception>
    public SpectralSeries Build(IParameterSource parameters, ITensorBackend backend, WeightFormat format = WeightFormat.Native)
    {
        if (Length < 1 || Channels < 2 || Channels % 2 != 0 || Hidden < 1)
        {
            throw new ModelException(parameters.Name, $"series of {Length} samples of {Channels} channels, {Hidden} hidden", "Sizes are at least 1, channels even.");
        }

        var loader = new ParameterLoader(parameters, backend, format);
        try
        {
            var context = new LayerContext(Name, Channels, loader, new StateLayout(), new(StringComparer.Ordinal));
            var grid = new ImageGrid(1, Length, Channels);
            var blocks = new WholeBlocks(context, grid, HeraclesParts.Block(context, grid, Hidden, 0, NormEpsilon));
            if (loader.Findings.Count > 0)
            {
                throw new ModelException(loader.Findings.ToImmutable());
            }

            return new(this, new VisionRun(loader), blocks);
        }
        catch
        {
            loader.Release();
            throw;
        }
    }
}
