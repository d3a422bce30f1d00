using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;

namespace HybridControl.Neural.Stacks;

/// <summary>What a part of a stack is built from: its place, its parameters and the state it may claim.</summary>
/// <param name="Place">What its names begin with, such as <c>layers.0.mixer</c>.</param>
/// <param name="Width">Numbers of a token between layers.</param>
/// <param name="Parameters">Hands out parameters.</param>
/// <param name="State">Takes slots.</param>
/// <param name="Shared">Parts that more than one place uses, by name.</param>
public sealed record LayerContext(
    string Place, int Width, ParameterLoader Parameters, StateLayout State, Dictionary<string, object> Shared)
{
    /// <summary>The back-end of the stack.</summary>
    public ITensorBackend Backend => Parameters.Backend;

    /// <summary>A name below this place.</summary>
    public string Named(string name) => $"{Place}.{name}";

    /// <summary>The context of a part of this part.</summary>
    public LayerContext Below(string name) => this with { Place = Named(name) };

    /// <summary>A part that the first place that uses it builds, and all others share.</summary>
    /// <param name="name">What it is called among all shared parts.</param>
    /// <param name="build">Builds it.</param>
    public T Once<T>(string name, Func<T> build)
        where T : class
    {
        if (!Shared.TryGetValue(name, out object? part))
        {
            Shared[name] = part = build();
        }

        return (T)part;
    }

    /// <summary>The same place with tokens of another width.</summary>
    public LayerContext WithWidth(int width) => this with { Width = width };
}
