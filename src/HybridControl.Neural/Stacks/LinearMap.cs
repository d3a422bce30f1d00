using HybridControl.Neural.Sequences;

namespace HybridControl.Neural.Stacks;

/// <summary>Builds linear maps from <c>name.weight</c> and <c>name.bias</c>.</summary>
internal static class LinearMap
{
    public static Linear Build(LayerContext context, string name, int rows, int columns, bool bias) => new(
        context.Parameters.Matrix(context.Named($"{name}.weight"), rows, columns),
        bias ? context.Parameters.Vector(context.Named($"{name}.bias"), rows) : default);
}
