namespace HybridControl.Estimation;

/// <summary>What a learned correction sees besides the states.</summary>
[Flags]
public enum KpinInputs
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The inputs of the model.</summary>
    Input = 1,

    /// <summary>The whitened innovation of the last update; zero where a component was missing.</summary>
    Innovation = 2,

    /// <summary>How far the last updates moved the states, in standard deviations of what had been predicted.</summary>
    Correction = 4,

    /// <summary>The length of the step.</summary>
    Step = 8,

    /// <summary>The mode, one number for each: 1 for the present one, else 0.</summary>
    Mode = 16,
}
