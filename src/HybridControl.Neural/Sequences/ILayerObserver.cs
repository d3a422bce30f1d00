using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences;

/// <summary>Watches a pass: traces of step sizes and gates, maps of attention, times of layers.</summary>
public interface ILayerObserver
{
    /// <summary>Whether values of a name are wanted; what nobody wants is not computed for show.</summary>
    bool Wants(string name);

    /// <summary>A value inside or between layers, such as <c>layers.3.mixer.delta</c>.</summary>
    /// <param name="name">Which.</param>
    /// <param name="backend">Reads it.</param>
    /// <param name="value">The value; changes after the call.</param>
    void Saw(string name, ITensorBackend backend, TensorView value);

    /// <summary>A layer that has a law of its own (a linear system, or one that its input schedules) takes part.</summary>
    /// <param name="place">Its name.</param>
    /// <param name="layer">The layer.</param>
    void Met(string place, ISequenceLayer layer)
    {
    }

    /// <summary>A layer begins.</summary>
    void Entering(string layer);

    /// <summary>The layer that began last ends.</summary>
    void Leaving(string layer);
}
