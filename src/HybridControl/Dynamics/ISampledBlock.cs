namespace HybridControl.Dynamics;

/// <summary>A block that runs at the ticks of a clock: a controller, a filter or a network.</summary>
/// <remarks>
/// The block itself is immutable; its state belongs to the run, which passes it in, so that one block can serve many
/// runs and a snapshot of a run holds the state. At a tick the block reads the left limits and its outputs hold until
/// the next tick.
/// </remarks>
public interface ISampledBlock
{
    /// <summary>Period in seconds, positive.</summary>
    double Period { get; }

    /// <summary>The number of inputs.</summary>
    int InputCount { get; }

    /// <summary>The number of outputs.</summary>
    int OutputCount { get; }

    /// <summary>The number of state values.</summary>
    int StateCount { get; }

    /// <summary>Writes the state at the start of a run.</summary>
    void Initialize(Span<double> state);

    /// <summary>One tick: reads the inputs, updates the state, writes every output.</summary>
    /// <exception cref="Diagnostics.ModelException">The block cannot go on: the run ends with the reason and keeps what was computed.</exception>
    void Update(double time, ReadOnlySpan<double> inputs, Span<double> state, Span<double> outputs);
}
