using System.Collections.Immutable;
using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Stacks;

/// <summary>Builds stacks from their description and their parameters.</summary>
public static class StackBuilder
{
    /// <summary>Builds a stack.</summary>
    /// <param name="description">What it is made of.</param>
    /// <param name="parameters">Where its parameters come from.</param>
    /// <param name="backend">Where it runs; the caller keeps it.</param>
    /// <param name="format">How matrices are kept.</param>
    /// <exception cref="ModelException">The description is not sound, parameters are missing or have other shapes, or there is no memory; carries every finding.</exception>
    public static LayerStack Build(
        StackDescription description, IParameterSource parameters, ITensorBackend backend, WeightFormat format = WeightFormat.Native) =>
        Build(description, parameters, backend, format, new(), _ => { });

    /// <summary>Builds a stack from a source that adds findings of its own: when parameters are asked for, and when all have been.</summary>
    internal static LayerStack Build(
        StackDescription description, IParameterSource parameters, ITensorBackend backend, WeightFormat format, FindingList findings, Action<FindingList> conclude)
    {
        ImmutableArray<Finding> unsound = description.Check();
        if (!unsound.IsEmpty)
        {
            throw new ModelException(unsound);
        }

        var loader = new ParameterLoader(parameters, backend, format, findings);
        try
        {
            LayerStack stack = Build(description, loader);
            conclude(findings);
            loader.CheckFinite();
            if (findings.Count > 0)
            {
                throw new ModelException(findings.ToImmutable());
            }

            return stack;
        }
        catch
        {
            loader.Release();
            throw;
        }
    }

    private static LayerStack Build(StackDescription description, ParameterLoader loader)
    {
        var layout = new StateLayout();
        var context = new LayerContext("", description.Width, loader, layout, new(StringComparer.Ordinal));
        Weight? embedding = description.Vocabulary > 0 ? loader.Matrix("embedding", description.Vocabulary, description.Width) : null;
        Linear? encoder = description.Signals > 0
            ? new(loader.Matrix("encoder.weight", description.Width, description.Signals), loader.Vector("encoder.bias", description.Width))
            : null;
        TensorView meta = description.MetaTokens > 0 ? loader.Table("meta", description.MetaTokens, description.Width) : default;
        StackLayer[] layers =
        [
            .. description.Layers.Select((layer, i) =>
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"layers.{i}");
                (long count, long bytes) = (loader.Count, loader.Bytes);
                ResidualBlock[] blocks = [.. layer.Blocks.Select(block => block.Build(context with { Place = name }))];
                return new StackLayer(name, [.. blocks], loader.Count - count, loader.Bytes - bytes);
            }),
        ];
        RowNorm? norm = description.FinalNorm?.Build(context with { Place = "norm" });
        Linear? head = description.Outputs == 0 ? null : new(
            description.TiedHead ? embedding! : loader.Matrix("head.weight", description.Outputs, description.Width),
            description.HeadBias ? loader.Vector("head.bias", description.Outputs) : default);
        return new(description, loader, layout, embedding, encoder, meta, layers, norm, head);
    }
}
