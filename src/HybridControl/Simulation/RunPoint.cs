namespace HybridControl.Simulation;

/// <summary>Where a run stands, for parts of it that only look.</summary>
/// <param name="mode">The active mode.</param>
/// <param name="time">Time in seconds.</param>
/// <param name="jumpIndex">Jump index j.</param>
/// <param name="states">The n states.</param>
/// <param name="slopes">Their time derivatives.</param>
/// <param name="data">The data block.</param>
internal readonly ref struct RunPoint(
    ModeRuntime mode, double time, int jumpIndex, Span<double> states, ReadOnlySpan<double> slopes, Span<double> data)
{
    /// <summary>The active mode.</summary>
    public ModeRuntime Mode { get; } = mode;

    /// <summary>Time in seconds.</summary>
    public double Time { get; } = time;

    /// <summary>Jump index j.</summary>
    public int JumpIndex { get; } = jumpIndex;

    /// <summary>The n states.</summary>
    public Span<double> States { get; } = states;

    /// <summary>Their time derivatives.</summary>
    public ReadOnlySpan<double> Slopes { get; } = slopes;

    /// <summary>The data block.</summary>
    public Span<double> Data { get; } = data;
}
