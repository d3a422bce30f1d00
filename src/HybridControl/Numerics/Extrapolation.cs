namespace HybridControl.Numerics;

/// <summary>What a table gives outside its breakpoints.</summary>
public enum Extrapolation
{
    /// <summary>The nearest value.</summary>
    Hold,

    /// <summary>The straight line through the two nearest points.</summary>
    Linear,

    /// <summary>NaN, which rejects the step and, if it persists, ends the run with an error that names the table.</summary>
    Error,
}
