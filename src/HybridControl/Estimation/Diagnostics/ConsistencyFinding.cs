namespace HybridControl.Estimation.Diagnostics;

/// <summary>One thing that speaks against a filter, in words.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Where">NIS, NEES, or the name of a component or state.</param>
/// <param name="What">The numbers. A sentence without a full stop.</param>
/// <param name="Mend">What to try. Whole sentences.</param>
public sealed record ConsistencyFinding(ConsistencyKind Kind, string Where, string What, string Mend)
{
    /// <summary>The finding as one line.</summary>
    public override string ToString() => $"{Kind}, {Where}: {What}. {Mend}";
}
