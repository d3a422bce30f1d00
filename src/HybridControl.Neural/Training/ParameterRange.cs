using HybridControl.Neural.Layers;

namespace HybridControl.Neural.Training;

/// <summary>A stretch of parameters that are stepped alike.</summary>
internal readonly record struct ParameterRange(int Offset, int Length, double RateFactor, double WeightDecay, bool IsFrozen)
{
    /// <summary>One range for each parameter of a set.</summary>
    public static ParameterRange[] Of(ParameterSet parameters, AdamW settings, IReadOnlyList<ParameterGroup> groups) =>
        [.. parameters.Parameters.Select(parameter => Of(parameter, settings, groups.FirstOrDefault(group => group.Fits(parameter.Name))))];

    private static ParameterRange Of(Parameter parameter, AdamW settings, ParameterGroup? group) => new(
        parameter.Offset,
        parameter.Length,
        group?.RateFactor ?? 1.0,
        group?.WeightDecay ?? settings.WeightDecay,
        group?.IsFrozen ?? false);
}
