namespace HybridControl.Neural.HuggingFace;

/// <summary>Bounds of the step sizes of Mamba-2 layers.</summary>
internal static class StepLimits
{
    /// <summary>Reads <c>time_step_limit</c>: least, and greatest with 0 for no bound.</summary>
    public static (double Least, double Greatest) Read(ModelConfig config)
    {
        IReadOnlyList<double>? limits = config.Numbers("time_step_limit");
        if (limits is not null && (limits.Count != 2 || !(limits[0] >= 0.0) || !(limits[1] >= limits[0])))
        {
            config.Refuse("time_step_limit", "it is not a least and a greatest step size", "Write [least, greatest]; \"inf\" is no bound.");
            limits = null;
        }

        return limits is null ? (0.0, 0.0) : (limits[0], double.IsPositiveInfinity(limits[1]) ? 0.0 : limits[1]);
    }
}
